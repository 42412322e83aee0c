package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
)

// graph is an error of Meta's Graph API, which 360dialog passes on.
type graph struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Code    int    `json:"code"`
	Subcode int    `json:"error_subcode,omitempty"`
	// Transient says that the same request may succeed later.
	Transient bool   `json:"is_transient,omitempty"`
	UserText  string `json:"error_user_msg,omitempty"`
	TraceID   string `json:"fbtrace_id"`
}

func graphError(w http.ResponseWriter, status int, e graph) {
	if e.Type == "" {
		e.Type = "OAuthException"
	}
	e.TraceID = "A" + rand.Text()[:22]
	answer(w, status, map[string]graph{"error": e})
}

// gatewayError is 360dialog's own error.
func gatewayError(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]any{"meta": map[string]any{
		"success":            false,
		"http_code":          status,
		"developer_message":  message,
		"360dialog_trace_id": rand.Text(),
	}})
}

// wrappedError is Meta's error as 360dialog wraps it: as a text inside of its own.
func wrappedError(w http.ResponseWriter, e graph, userText string) {
	e.Type, e.UserText, e.TraceID = "OAuthException", userText, "A"+rand.Text()[:22]
	inner, err := json.Marshal(map[string]graph{"error": e})
	if err != nil {
		panic("sandbox: internal error: " + err.Error())
	}
	answer(w, http.StatusBadRequest, map[string]any{"meta": map[string]any{
		"success":            false,
		"http_code":          http.StatusBadRequest,
		"developer_message":  "Invalid payload (" + string(inner) + ")",
		"error":              string(inner),
		"360dialog_trace_id": rand.Text(),
	}})
}

// sessionError has the shape of the sibling protocol, rupload: neither page says
// what a session answers to a part or to a wrong offset.
func sessionError(w http.ResponseWriter, status int, kind, message string) {
	answer(w, status, map[string]any{"debug_info": map[string]any{
		"retriable": true,
		"type":      kind,
		"message":   message,
	}})
}

func answer(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // the API writes & in its links as it is
	if err := encoder.Encode(value); err != nil {
		panic("sandbox: internal error: " + err.Error())
	}
	answerText(w, status, body.Bytes())
}

func answerText(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
