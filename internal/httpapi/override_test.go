package httpapi_test

import (
	"strings"
	"testing"

	"mediarelay/internal/httpapi"
)

func TestMethodOverride(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { c.AllowedOrigins = []string{"https://portal.example"} })
	const upload = "/files/" + uploadID
	for _, tt := range []struct {
		name, method, path, token, override string
		want                                string // what the handler of /files sees, or a problem's status and code
	}{
		{"PATCH", "POST", upload, "ada", "PATCH", "PATCH " + upload + " ada "},
		{"DELETE", "POST", upload, "ada", "DELETE", "DELETE " + upload + " ada "},
		{"on a PATCH it has no effect", "PATCH", upload, "ada", "DELETE", "PATCH " + upload + " ada "},
		{"on a HEAD it has no effect", "HEAD", upload, "ada", "DELETE", ""},
		{"without a token", "POST", upload, "", "PATCH", "401 unauthorized"},
		{"without the scope", "POST", upload, "reader", "PATCH", "403 forbidden_scope"},
		{"GET", "POST", upload, "ada", "GET", "400 bad_request"},
		{"OPTIONS, which needs no token", "POST", upload, "ada", "OPTIONS", "400 bad_request"},
		{"in lower case", "POST", upload, "ada", "patch", "400 bad_request"},
		{"two methods", "POST", upload, "ada", "PATCH, DELETE", "400 bad_request"},
		{"a creation", "POST", "/files/", "ada", "PATCH", "400 bad_request"},
		{"a creation without a slash", "POST", "/files", "ada", "DELETE", "400 bad_request"},
		{"elsewhere it has no effect", "POST", "/v1/assets", "ada", "DELETE", "405 method_not_allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.ask(tt.method, tt.path, tt.token, "X-HTTP-Method-Override: "+tt.override)
			got := r.body
			if strings.HasPrefix(r.Header.Get("Content-Type"), "application/problem+json") {
				got = strings.Fields(r.Status)[0] + " " + r.json(t)["code"].(string)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("sent twice", func(t *testing.T) {
		r := w.ask("POST", upload, "ada", "X-HTTP-Method-Override: PATCH", "X-HTTP-Method-Override: DELETE")
		wantProblem(t, r, 400, "bad_request")
	})
	t.Run("CORS allows it", func(t *testing.T) {
		r := w.ask("OPTIONS", upload, "", "Origin: https://portal.example", "Access-Control-Request-Method: POST",
			"Access-Control-Request-Headers: x-http-method-override")
		wantWords(t, r.Header.Get("Access-Control-Allow-Headers"), "X-Http-Method-Override")
	})
	t.Run("the log has the method that was meant", func(t *testing.T) {
		if !strings.Contains(w.log.String(), `"method":"DELETE"`) {
			t.Errorf("no DELETE in the log:\n%s", w.log)
		}
	})
}
