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
)

// mediaLifetime: "stored for 30 days" ("Upload Media"). The on-premise API has its
// own.
const mediaLifetime = 30 * 24 * time.Hour

// acceptedTypes are the types that POST /media takes, in the order of the API's
// own error text.
var acceptedTypes = []string{
	"audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus",
	"application/vnd.ms-powerpoint", "application/msword",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/pdf", "text/plain", "application/vnd.ms-excel",
	"image/jpeg", "image/png", "image/webp", "video/mp4", "video/3gpp",
}

// mediaObject is one upload that was taken.
type mediaObject struct {
	id        media.MediaID
	owner     *account
	file      *file
	filename  string
	mediaType string
	size      int64
	sha256    string
	end       time.Time
	// onPremise says that the object is in the number's own volume, which the other
	// APIs do not see.
	onPremise bool
}

// uploadForm reads the whole request before it refuses, as a gateway in front of
// the API does.
func (s *Server) uploadForm(w http.ResponseWriter, r *request) {
	if !s.mayUpload(r.who) {
		drain(r.Body)
		refuseRate(w, r)
		return
	}
	product, object, err := s.readForm(r)
	refusal := refuseForm(product, object, err)
	drain(r.Body)
	if refusal != "" {
		s.discard(object)
		refuseUpload(w, r, refusal, err)
		return
	}
	s.keep(r, object, s.mintMediaID())
	answer(w, http.StatusOK, map[string]media.MediaID{"id": object.id})
}

func (s *Server) keep(r *request, object *mediaObject, id media.MediaID) {
	object.id, object.owner, object.onPremise = id, r.who, r.api == onPremise
	object.end = s.now().Add(mediaLifetime)
	if object.onPremise {
		object.end = s.now().Add(onPremiseLifetime)
	}
	s.mu.Lock()
	s.media.put(string(id), object)
	s.mu.Unlock()
	s.files.release(object.file, object.size)
}

// refuseForm gives the API's sentence against a form, or nothing. The sentence
// about the size is ours: no page shows one.
func refuseForm(product string, object *mediaObject, err error) string {
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

// typeOf: a part without a type is of none that is known (RFC 7578, section 4.4,
// would have it a text, and the API does not).
func typeOf(part *multipart.Part) string {
	return cmp.Or(part.Header.Get("Content-Type"), "application/octet-stream")
}

func readField(part io.Reader) (string, error) {
	const longest = 1 << 10
	value, err := io.ReadAll(io.LimitReader(part, longest))
	return string(value), err
}

// receive takes one byte more than the limit, which shows that it is too much.
func (s *Server) receive(from io.Reader, filename, mediaType string, limit int64) (*mediaObject, error) {
	object := &mediaObject{file: s.files.create(), filename: filename, mediaType: mediaType}
	out, err := os.Create(object.file.path)
	if err != nil {
		return object, err
	}
	sum := sha256.New()
	object.size, err = io.Copy(io.MultiWriter(out, sum), io.LimitReader(from, limit+1))
	object.sha256 = hex.EncodeToString(sum.Sum(nil))
	return object, errors.Join(err, out.Close())
}

func refuseUpload(w http.ResponseWriter, r *request, refusal string, err error) {
	if diskFault(err) {
		ownFault(w, r)
		return
	}
	parameterError(w, r, refusal)
}

// diskFault tells the sandbox's own trouble from a body that was cut.
func diskFault(err error) bool {
	var fault *fs.PathError
	return errors.As(err, &fault)
}

func (s *Server) discard(object *mediaObject) {
	if object != nil {
		s.files.remove(object.file)
	}
}

// drain reads what is left of a body, up to the largest that the API takes.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, media.MaxUploadBytes+1<<20) }

func (s *Server) deleteMedia(w http.ResponseWriter, r *request) {
	object, ok := s.find(r, r.id)
	if !ok {
		noObject(w, r, r.id)
		return
	}
	s.mu.Lock()
	s.media.remove(r.id)
	s.mu.Unlock()
	s.discard(object)
	if r.api == onPremise {
		answer(w, http.StatusOK, map[string]any{"meta": onPremiseMeta})
		return
	}
	answer(w, http.StatusOK, map[string]bool{"success": true})
}

// find gives an account its own object, while it lives, in the API that has it.
func (s *Server) find(r *request, id string) (*mediaObject, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, ok := s.media.get(id)
	return object, ok && object.owner == r.who && object.onPremise == (r.api == onPremise) && s.now().Before(object.end)
}
