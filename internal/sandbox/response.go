package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
)

// graphError is an error of Meta's Graph API. 360dialog forwards it.
type graphError struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Code    int    `json:"code"`
	Subcode int    `json:"error_subcode,omitempty"`
	// Transient is set if the same request may succeed later.
	Transient bool   `json:"is_transient,omitempty"`
	UserText  string `json:"error_user_msg,omitempty"`
	TraceID   string `json:"fbtrace_id"`
}

func writeGraphError(w http.ResponseWriter, status int, e graphError) {
	if e.Type == "" {
		e.Type = "OAuthException"
	}
	e.TraceID = "A" + rand.Text()[:22]
	writeJSON(w, status, map[string]graphError{"error": e})
}

// writeGatewayError writes an error of 360dialog's gateway.
func writeGatewayError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]any{"meta": map[string]any{
		"success":            false,
		"http_code":          status,
		"developer_message":  message,
		"360dialog_trace_id": rand.Text(),
	}})
}

// writeWrappedError writes Meta's error the way 360dialog wraps it: as a string in its
// own error.
func writeWrappedError(w http.ResponseWriter, e graphError, userText string) {
	e.Type, e.UserText, e.TraceID = "OAuthException", userText, "A"+rand.Text()[:22]
	inner, err := json.Marshal(map[string]graphError{"error": e})
	if err != nil {
		panic("sandbox: internal error: " + err.Error())
	}
	writeJSON(w, http.StatusBadRequest, map[string]any{"meta": map[string]any{
		"success":            false,
		"http_code":          http.StatusBadRequest,
		"developer_message":  "Invalid payload (" + string(inner) + ")",
		"error":              string(inner),
		"360dialog_trace_id": rand.Text(),
	}})
}

// writeSessionError uses the error shape of rupload, a similar protocol of Meta, because
// no page shows what a session answers to an incomplete body or a wrong offset.
func writeSessionError(w http.ResponseWriter, status int, kind, message string) {
	writeJSON(w, status, map[string]any{"debug_info": map[string]any{
		"retriable": true,
		"type":      kind,
		"message":   message,
	}})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // the API does not escape & in links
	if err := encoder.Encode(value); err != nil {
		panic("sandbox: internal error: " + err.Error())
	}
	writeBody(w, status, body.Bytes())
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
