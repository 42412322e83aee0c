package sandbox

import (
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

// mediaLifetime: "stored for 30 days" ("Upload Media").
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
	made      time.Time
}

// uploadMedia reads the whole request before it refuses, as a gateway in front
// of the API does.
func (s *Server) uploadMedia(w http.ResponseWriter, r *http.Request, who *account) {
	if !s.mayUpload(who) {
		drain(r.Body)
		gatewayError(w, http.StatusBadRequest, rateLimitText)
		return
	}
	product, object, err := s.readForm(r)
	refusal := refuseForm(product, object, err)
	drain(r.Body)
	if refusal != "" {
		s.discard(object)
		refuseUpload(w, refusal, err)
		return
	}
	s.mu.Lock()
	object.id, object.owner, object.made = s.mintMediaID(), who, s.now()
	s.media.put(string(object.id), object)
	s.mu.Unlock()
	s.files.release(object.file, object.size)
	answer(w, http.StatusOK, map[string]media.MediaID{"id": object.id})
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

func (s *Server) readForm(r *http.Request) (product string, object *mediaObject, err error) {
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
			object, err = s.receive(part)
		}
		if err != nil {
			return product, object, err
		}
	}
}

func readField(part io.Reader) (string, error) {
	const longest = 1 << 10
	value, err := io.ReadAll(io.LimitReader(part, longest))
	return string(value), err
}

// receive takes one byte more than the API would, which shows that it is too much.
func (s *Server) receive(part *multipart.Part) (*mediaObject, error) {
	object := &mediaObject{
		file: s.files.create(), filename: part.FileName(), mediaType: part.Header.Get("Content-Type"),
	}
	if object.mediaType == "" {
		object.mediaType = "application/octet-stream"
	}
	out, err := os.Create(object.file.path)
	if err != nil {
		return object, err
	}
	sum := sha256.New()
	object.size, err = io.Copy(io.MultiWriter(out, sum), io.LimitReader(part, media.MaxUploadBytes+1))
	object.sha256 = hex.EncodeToString(sum.Sum(nil))
	return object, errors.Join(err, out.Close())
}

func refuseUpload(w http.ResponseWriter, refusal string, err error) {
	if diskFault(err) {
		gatewayError(w, http.StatusInternalServerError, "Internal server error")
		return
	}
	parameterError(w, refusal)
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

func (s *Server) deleteMedia(w http.ResponseWriter, r *http.Request, who *account) {
	id := r.URL.Path[1:]
	object, ok := s.find(who, id)
	if !ok {
		noObject(w, r, id)
		return
	}
	s.mu.Lock()
	s.media.remove(id)
	s.mu.Unlock()
	s.discard(object)
	answer(w, http.StatusOK, map[string]bool{"success": true})
}

// find gives an account its own object, while it lives.
func (s *Server) find(who *account, id string) (*mediaObject, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, ok := s.media.get(id)
	return object, ok && object.owner == who && s.now().Before(object.made.Add(mediaLifetime))
}
