package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/sandbox/storage"
)

// mediaLifetime: "stored for 30 days" ("Upload Media"). The on-premise API has another.
const mediaLifetime = 30 * 24 * time.Hour

// acceptedTypes lists the types that POST /media accepts, in the order of the API's error
// message.
var acceptedTypes = []string{
	"audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus",
	"application/vnd.ms-powerpoint", "application/msword",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/pdf", "text/plain", "application/vnd.ms-excel",
	"image/jpeg", "image/png", "image/webp", "video/mp4", "video/3gpp",
}

// mediaObject is an uploaded file.
type mediaObject struct {
	id        media.MediaID
	owner     *account
	file      *storage.File
	filename  string
	mediaType string
	size      int64
	sha256    string
	expiry    time.Time
	// onPremise is set for an object in the number's own volume, which the other APIs
	// do not see.
	onPremise bool
}

// uploadForm reads the whole request before it refuses it, like the gateway in front of
// the API.
func (s *Server) uploadForm(w http.ResponseWriter, r *request) {
	if !s.allowUpload(r.account) {
		drain(r.Body)
		writeRateLimited(w, r)
		return
	}
	product, object, err := s.readForm(r)
	refusal := checkForm(product, object, err)
	drain(r.Body)
	if refusal != "" {
		s.discard(object)
		rejectUpload(w, r, refusal, err)
		return
	}
	s.store(r, object, s.newMediaID())
	writeJSON(w, http.StatusOK, map[string]media.MediaID{"id": object.id})
}

func (s *Server) store(r *request, object *mediaObject, id media.MediaID) {
	object.id, object.owner, object.onPremise = id, r.account, r.api == onPremise
	object.expiry = s.now().Add(mediaLifetime)
	if object.onPremise {
		object.expiry = s.now().Add(onPremiseLifetime)
	}
	s.mu.Lock()
	s.media.Put(string(id), object)
	s.mu.Unlock()
	s.files.Release(object.file, object.size)
}

// checkForm returns the API's error message for a form, empty if it is valid. The message
// about the size is ours, as no page shows one.
func checkForm(product string, object *mediaObject, err error) string {
	switch {
	case err != nil:
		return "The request body is not a complete multipart/form-data form."
	case product == "":
		return "The parameter messaging_product is required."
	case product != "whatsapp":
		return "Param messaging_product must be one of {WHATSAPP}."
	case object == nil:
		return "The parameter file is required."
	case !slices.Contains(acceptedTypes, object.mediaType):
		return "Param file must be a file with one of the following types: " +
			strings.Join(acceptedTypes, ", ") + ". Received file of type '" + object.mediaType + "'."
	case object.size > media.MaxUploadBytes:
		return "Param file must be at most 100 MB."
	}
	return ""
}

func (s *Server) readForm(r *request) (product string, object *mediaObject, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return product, object, nil
		}
		if err == nil && part.FormName() == "messaging_product" {
			product, err = readField(part)
		}
		if err == nil && part.FormName() == "file" && object == nil {
			object, err = s.receive(part, part.FileName(), typeOf(part), media.MaxUploadBytes)
		}
		if err != nil {
			return product, object, err
		}
	}
}

// typeOf returns the type of a part. Without one, RFC 7578, section 4.4, means text/plain,
// but the API reports application/octet-stream.
func typeOf(part *multipart.Part) string {
	return cmp.Or(part.Header.Get("Content-Type"), "application/octet-stream")
}

func readField(part io.Reader) (string, error) {
	const longest = 1 << 10
	value, err := io.ReadAll(io.LimitReader(part, longest))
	return string(value), err
}

// receive stores a body. It reads one byte beyond the limit, so that a size above the
// limit shows.
func (s *Server) receive(from io.Reader, filename, mediaType string, limit int64) (*mediaObject, error) {
	object := &mediaObject{file: s.files.Create(), filename: filename, mediaType: mediaType}
	out, err := os.Create(object.file.Path)
	if err != nil {
		return object, err
	}
	sum := sha256.New()
	object.size, err = io.Copy(io.MultiWriter(out, sum), io.LimitReader(from, limit+1))
	object.sha256 = hex.EncodeToString(sum.Sum(nil))
	return object, errors.Join(err, out.Close())
}

func rejectUpload(w http.ResponseWriter, r *request, refusal string, err error) {
	if isDiskError(err) {
		writeInternalError(w, r)
		return
	}
	writeParameterError(w, r, refusal)
}

// isDiskError distinguishes a failure of the sandbox's disk from a truncated body.
func isDiskError(err error) bool {
	var fault *fs.PathError
	return errors.As(err, &fault)
}

func (s *Server) discard(object *mediaObject) {
	if object != nil {
		s.files.Remove(object.file)
	}
}

// drain reads the rest of a body, up to the largest size that the API accepts.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, media.MaxUploadBytes+1<<20) }

// deleteMedia answers DELETE /{media-id}.
func (s *Server) deleteMedia(w http.ResponseWriter, r *request) {
	object, ok := s.find(r, r.id)
	if !ok {
		writeNotFound(w, r, r.id)
		return
	}
	s.mu.Lock()
	s.media.Remove(r.id)
	s.mu.Unlock()
	s.discard(object)
	if r.api == onPremise {
		writeJSON(w, http.StatusOK, map[string]any{"meta": onPremiseMeta})
		return
	}
	writeJSON(w, http.StatusOK, map[string]bool{"success": true})
}

// find returns an object if it belongs to the account and the API of the request and has
// not expired.
func (s *Server) find(r *request, id string) (*mediaObject, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, ok := s.media.Get(id)
	return object, ok && object.owner == r.account && object.onPremise == (r.api == onPremise) && s.now().Before(object.expiry)
}
