package sandbox

import (
	"mime"
	"net/http"
	"time"

	"mediarelay/internal/media"
)

// What the on-premise API takes and keeps.
//
// Source: docs.360dialog.com, "Media" of the on-premise API, Background and
// Constraints.
const (
	onPremiseBytes    int64 = 64 << 20
	onPremiseLifetime       = 14 * 24 * time.Hour
)

// uploadBody takes a file as the request's body itself.
func (s *Server) uploadBody(w http.ResponseWriter, r *request) {
	object, err := s.receive(r.Body, "", r.Header.Get("Content-Type"), onPremiseBytes)
	drain(r.Body)
	if refusal := refuseBody(object, err); refusal != "" {
		s.discard(object)
		refuseUpload(w, r, refusal, err)
		return
	}
	s.keep(r, object, media.MediaID(uuid()))
	answer(w, http.StatusOK, map[string]any{"media": []map[string]media.MediaID{{"id": object.id}}})
}

// refuseBody gives a sentence against a body, or nothing. The sentences are ours:
// the page shows none. It names types for each kind of message, and any for
// documents, so every type is taken that is one.
func refuseBody(object *mediaObject, err error) string {
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

// downloadByID gives the bytes at once: this API has no links.
func (s *Server) downloadByID(w http.ResponseWriter, r *request) {
	object, ok := s.find(r, r.id)
	if !ok || !s.serveContent(w, r, object) {
		noObject(w, r, r.id)
	}
}

// onPremiseMeta stands in the on-premise API's answers.
var onPremiseMeta = map[string]string{"api_status": "stable", "version": "2.35.4"}

func onPremiseError(w http.ResponseWriter, status, code int, title, details string) {
	answer(w, status, map[string]any{
		"meta":   onPremiseMeta,
		"errors": []map[string]any{{"code": code, "title": title, "details": details}},
	})
}
