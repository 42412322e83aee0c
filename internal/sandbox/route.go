package sandbox

import (
	"io"
	"net/http"
	"strings"
)

// Op names an operation of the API, in faults and in counts of calls.
type Op string

// The operations.
const (
	OpAbout         Op = "GET /"
	OpUploadMedia   Op = "POST /media"
	OpMediaInfo     Op = "GET /{media-id}"
	OpDeleteMedia   Op = "DELETE /{media-id}"
	OpDownload      Op = "GET /whatsapp_business/attachments/"
	OpOpenSession   Op = "POST /uploads"
	OpSendSession   Op = "POST /upload:{session}"
	OpSessionOffset Op = "GET /upload:{session}"
	OpSendMessage   Op = "POST /messages"
	OpUnknown       Op = "unknown"
)

const attachmentsPath = "/whatsapp_business/attachments/"

// route is written out: a ServeMux would clean a path, and a session id must
// arrive byte for byte.
func (s *Server) route(r *http.Request) (Op, http.HandlerFunc) {
	path := r.URL.Path
	switch {
	case path == "/":
		return OpAbout, about
	case path == "/media":
		return s.on(r, methods{http.MethodPost: {OpUploadMedia, s.uploadMedia}})
	case path == "/uploads":
		return s.on(r, methods{http.MethodPost: {OpOpenSession, s.openSession}})
	case path == "/messages":
		return s.on(r, methods{http.MethodPost: {OpSendMessage, s.sendMessage}})
	case strings.HasPrefix(path, "/"+sessionPrefix):
		return s.on(r, methods{
			http.MethodPost: {OpSendSession, s.sendSession},
			http.MethodGet:  {OpSessionOffset, s.sessionOffset},
		})
	case strings.TrimSuffix(path, "/")+"/" == attachmentsPath:
		return s.on(r, methods{http.MethodGet: {OpDownload, s.download}})
	case !strings.Contains(path[1:], "/"):
		return s.on(r, methods{
			http.MethodGet:    {OpMediaInfo, s.mediaInfo},
			http.MethodDelete: {OpDeleteMedia, s.deleteMedia},
		})
	}
	return OpUnknown, s.authorized(unknownPath)
}

type methods map[string]struct {
	op    Op
	serve func(http.ResponseWriter, *http.Request, *account)
}

func (s *Server) on(r *http.Request, by methods) (Op, http.HandlerFunc) {
	method, ok := by[r.Method]
	if !ok {
		return OpUnknown, s.authorized(unknownPath)
	}
	return method.op, s.authorized(method.serve)
}

func unknownPath(w http.ResponseWriter, r *http.Request, _ *account) {
	graphError(w, http.StatusBadRequest, graph{
		Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: "Unsupported " + strings.ToLower(r.Method) + " request.",
	})
}

func about(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, `This is the sandbox of Mediarelay: an emulation of 360dialog's media API.
It sends nothing to WhatsApp and keeps what it gets until it is stopped.

It takes a D360-API-KEY header and answers
  POST   /media
  GET    /{media-id}
  DELETE /{media-id}
  GET    /whatsapp_business/attachments/
  POST   /uploads
  POST   /upload:{session}
  GET    /upload:{session}
  POST   /messages
`)
}
