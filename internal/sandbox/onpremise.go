package sandbox

import (
	"mime"
	"net/http"
	"time"

	"mediarelay/internal/media"
)

// The limits of the on-premise API: bytes of a file, and how long it is stored.
//
// Source: docs.360dialog.com, "Media" of the on-premise API, Background and
// Constraints.
const (
	onPremiseBytes    int64 = 64 << 20
	onPremiseLifetime       = 14 * 24 * time.Hour
)

// uploadBody accepts a file as the body of the request.
func (s *Server) uploadBody(w http.ResponseWriter, r *request) {
	object, err := s.receive(r.Body, "", r.Header.Get("Content-Type"), onPremiseBytes)
	drain(r.Body)
	if refusal := checkBody(object, err); refusal != "" {
		s.discard(object)
		rejectUpload(w, r, refusal, err)
		return
	}
	s.store(r, object, media.MediaID(uuid()))
	writeJSON(w, http.StatusOK, map[string]any{"media": []map[string]media.MediaID{{"id": object.id}}})
}

// checkBody returns an error message for a body, empty if it is valid. The messages are
// ours, as the page shows none. The page allows any type for documents, so every valid
// media type is accepted.
func checkBody(object *mediaObject, err error) string {
	mediaType, parameters, parseErr := mime.ParseMediaType(object.mediaType)
	switch {
	case err != nil:
		return "The request body is not complete."
	case parseErr != nil:
		return "The Content-Type is no media type."
	case mediaType == "audio/ogg" && parameters["codecs"] != "opus":
		return "The base audio/ogg type is not supported. Use audio/ogg; codecs=opus."
	case object.size == 0:
		return "The request body is empty."
	case object.size > onPremiseBytes:
		return "The file is larger than 64 MB."
	}
	return ""
}

// downloadByID answers with the bytes: this API has no links.
func (s *Server) downloadByID(w http.ResponseWriter, r *request) {
	object, ok := s.find(r, r.id)
	if !ok || !s.serveContent(w, r, object) {
		writeNotFound(w, r, r.id)
	}
}

// onPremiseMeta is part of the on-premise API's answers.
var onPremiseMeta = map[string]string{"api_status": "stable", "version": "2.35.4"}

func writeOnPremiseError(w http.ResponseWriter, status, code int, title, details string) {
	writeJSON(w, status, map[string]any{
		"meta":   onPremiseMeta,
		"errors": []map[string]any{{"code": code, "title": title, "details": details}},
	})
}
