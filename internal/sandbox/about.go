package sandbox

import (
	"io"
	"net/http"
)

// about describes the sandbox to people.
func about(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, `This is the sandbox of Mediarelay: an emulation of three media APIs.
It sends nothing to WhatsApp and stores what it receives until it stops.

360dialog, waba-v2, with a D360-API-KEY header
  POST   /media
  GET    /{media-id}
  DELETE /{media-id}
  GET    /whatsapp_business/attachments/
  POST   /uploads
  POST   /upload:{session}
  GET    /upload:{session}
  POST   /messages
  POST   /whatsapp_business_profile
  POST   /v1/configs/templates

Meta's Cloud API, with "Authorization: Bearer", and "OAuth" for sessions
  POST   /{version}/{phone-number-id}/media
  GET    /{version}/{media-id}
  DELETE /{version}/{media-id}
  GET    /whatsapp_business/attachments/
  POST   /{version}/{app-id}/uploads
  POST   /{version}/upload:{session}
  GET    /{version}/upload:{session}
  POST   /{version}/{phone-number-id}/messages
  POST   /{version}/{phone-number-id}/whatsapp_business_profile

The on-premise API, with a D360-API-KEY header
  POST   /v1/media
  GET    /v1/media/{media-id}
  DELETE /v1/media/{media-id}
  POST   /v1/messages

Faults of its next requests, described in docs/headless-testing.md
  POST   /sandbox/faults
  GET    /sandbox/faults
  DELETE /sandbox/faults
`)
}
