package httpapi_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/httpapi"
	"mediarelay/internal/logging"
)

func TestAuthorization(t *testing.T) {
	w := newWorld(t, nil)
	for _, tt := range []struct {
		name, method, path, token string
		status                    int
		code                      string // empty: not a problem
	}{
		{"upload without token", "GET", "/v1/uploads/" + uploadID, "", 401, "unauthorized"},
		{"upload with a bad token", "GET", "/v1/uploads/" + uploadID, "forged", 401, "unauthorized"},
		{"upload with an expired token", "GET", "/v1/uploads/" + uploadID, "expired", 401, "token_expired"},
		{"upload with a token for elsewhere", "GET", "/v1/uploads/" + uploadID, "elsewhere", 403, "unknown_channel"},
		{"upload with a wrong claim", "GET", "/v1/uploads/" + uploadID, "wrong", 401, "unauthorized"},
		{"upload while keys are down", "GET", "/v1/uploads/" + uploadID, "unreadable", 503, "unavailable"},
		{"upload by a reader", "GET", "/v1/uploads/" + uploadID, "reader", 403, "forbidden_scope"},
		{"upload by its uploader", "GET", "/v1/uploads/" + uploadID, "uploader", 200, ""},
		{"upload by a stranger", "GET", "/v1/uploads/" + uploadID, "stranger", 404, "not_found"},
		{"upload by another subject", "GET", "/v1/uploads/" + uploadID, "bob", 404, "not_found"},
		{"events by another subject", "GET", "/v1/uploads/" + uploadID + "/events", "bob", 404, "not_found"},
		{"retry by another subject", "POST", "/v1/uploads/" + uploadID + "/retry", "bob", 404, "not_found"},
		{"upload by support", "GET", "/v1/uploads/" + uploadID, "support", 200, ""},
		{"files by support", "PATCH", "/files/x", "support", 200, ""},
		{"a creation by support", "POST", "/files/", "support", 403, "forbidden_scope"},
		{"a creation by support without a slash", "POST", "/files", "support", 403, "forbidden_scope"},
		{"unknown upload", "GET", "/v1/uploads/ffff", "ada", 404, "not_found"},
		{"upload with a NUL", "GET", "/v1/uploads/%00", "ada", 404, "not_found"},
		{"events by a stranger", "GET", "/v1/uploads/" + uploadID + "/events", "stranger", 404, "not_found"},
		{"events without token", "GET", "/v1/uploads/" + uploadID + "/events", "", 401, "unauthorized"},
		{"a token in the query", "GET", "/v1/uploads/" + uploadID + "/events?token=ada&access_token=ada", "", 401, "unauthorized"},
		{"retry by a stranger", "POST", "/v1/uploads/" + uploadID + "/retry", "stranger", 404, "not_found"},
		{"retry by a reader", "POST", "/v1/uploads/" + uploadID + "/retry", "reader", 403, "forbidden_scope"},
		{"assets by an uploader", "GET", "/v1/assets", "uploader", 403, "forbidden_scope"},
		{"assets by a reader", "GET", "/v1/assets", "reader", 200, ""},
		{"asset by a stranger", "GET", "/v1/assets/" + assetID, "stranger", 404, "not_found"},
		{"asset by a reader", "GET", "/v1/assets/" + assetID, "reader", 200, ""},
		{"asset with a quote", "GET", "/v1/assets/'", "reader", 404, "not_found"},
		{"files without token", "POST", "/files/", "", 401, "unauthorized"},
		{"files by a reader", "PATCH", "/files/x", "reader", 403, "forbidden_scope"},
		{"files by an uploader", "PATCH", "/files/x", "uploader", 200, ""},
		{"files without a slash", "POST", "/files", "uploader", 200, ""},
		{"options of files", "OPTIONS", "/files/", "", 200, ""},
		{"health", "GET", "/healthz", "", 200, ""},
		{"health, head only", "HEAD", "/healthz", "", 200, ""},
		{"unknown page", "GET", "/nowhere", "", 404, "not_found"},
		{"unknown route", "GET", "/v1/nothing", "ada", 404, "not_found"},
		{"a method that assets do not have", "DELETE", "/v1/assets", "ada", 405, "method_not_allowed"},
		{"an invented method", "BREW", "/healthz", "", 405, "method_not_allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.ask(tt.method, tt.path, tt.token)
			if tt.code != "" {
				wantProblem(t, r, tt.status, tt.code)
			} else if r.StatusCode != tt.status {
				t.Errorf("status %d, want %d: %s", r.StatusCode, tt.status, r.body)
			}
		})
	}
}

func TestAProblemNamesTheClaim(t *testing.T) {
	r := newWorld(t, nil).ask("GET", "/v1/uploads/"+uploadID, "wrong")
	if detail := r.json(t)["detail"]; detail != "The token's aud claim is wrong." {
		t.Errorf("detail %q", detail)
	}
}

func TestMethodNotAllowedListsTheAllowedMethods(t *testing.T) {
	r := newWorld(t, nil).ask("DELETE", "/v1/assets", "ada")
	allow := r.Header.Get("Allow")
	if !strings.Contains(allow, "GET") || !strings.Contains(r.json(t)["detail"].(string), "GET") {
		t.Errorf("Allow %q, %s", allow, r.body)
	}
}

func TestFilesReceiveTheRequestUnchanged(t *testing.T) {
	w := newWorld(t, nil)
	r, _ := http.NewRequestWithContext(t.Context(), "PATCH", w.url+"/files/..%2Fother", strings.NewReader("the bytes"))
	r.Header.Set("Authorization", "bearer uploader")
	if got := w.send(r).body; got != "PATCH /files/..%2Fother ada the bytes" {
		t.Errorf("the handler saw %q", got)
	}
}

func TestFilesCanSetDeadlinesThroughTheRouter(t *testing.T) {
	outcome := make(chan error, 1)
	w := newWorld(t, func(c *httpapi.Config) {
		c.Files = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			control := http.NewResponseController(w)
			if err := control.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
				outcome <- err
				return
			}
			_, err := io.ReadAll(r.Body)
			outcome <- err
		})
	})
	conn, _ := w.raw("PATCH /files/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nContent-Length: 10\r\n\r\nhalf")
	defer conn.Close()
	select {
	case err := <-outcome:
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("a silent client ended with %v, want a time-out", err)
		}
	case <-time.After(patience):
		t.Error("a silent client was never cut off")
	}
}

func TestRepeatedHeadersAreRejected(t *testing.T) {
	w := newWorld(t, nil)
	for _, name := range []string{"Upload-Offset", "Upload-Length", "Upload-Metadata", "Tus-Resumable", "Authorization"} {
		t.Run(name+" twice", func(t *testing.T) {
			wantProblem(t, w.ask("PATCH", "/files/x", "uploader", name+": 1", name+": 2"), 400, "bad_request")
		})
	}
}

func TestConnectionIsClosedAfterAChunkedRequest(t *testing.T) {
	w := newWorld(t, nil)
	conn, reader := w.raw("PATCH /files/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\n" +
		"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\n0\r\n\r\n" +
		"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	defer conn.Close()
	resp, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	if rest, _ := io.ReadAll(reader); len(rest) != 0 || !resp.Close {
		t.Errorf("the smuggled request got a response: %q", rest)
	}
}

// raw sends a request byte for byte.
func (w *world) raw(request string) (net.Conn, *bufio.Reader) {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, request); err != nil {
		w.t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

func TestAPanicIsLoggedAndNotSent(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) {
		c.Files = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the inner works") })
	})
	r := w.ask("POST", "/files/", "ada")
	wantProblem(t, r, 500, "internal")
	if strings.Contains(r.body, "inner") || !strings.Contains(w.log.String(), "the inner works") {
		t.Errorf("the panic must be in the log and not in the response:\n%s\n%s", r.body, w.log)
	}
}

func TestAPanicInAResponseClosesTheConnection(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) {
		c.Files = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
			panic("too late")
		})
	})
	conn, reader := w.raw("POST /files/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nContent-Length: 0\r\n\r\n")
	defer conn.Close()
	resp, err := http.ReadResponse(reader, nil)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
	}
	if err == nil {
		t.Error("a partial response looked complete")
	}
}

func TestLogHasNoTokenAndNoQuery(t *testing.T) {
	w := newWorld(t, nil)
	w.ask("GET", "/v1/assets?q=secret-plan.pdf&token=canary", "ada")
	w.ask("GET", "/v1/assets", "canary-token")
	log := w.log.String()
	for _, secret := range []string{"canary", "secret-plan", "Bearer"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, `"path":"/v1/assets","status":200`) || !strings.Contains(log, `"subject":"`+logging.SubjectDigest("ada")+`"`) {
		t.Errorf("the log does not say who asked what:\n%s", log)
	}
}

func TestErrorsOfTheLibraryAreLoggedAndNotSent(t *testing.T) {
	w := newWorld(t, nil)
	w.library.err = errors.New("database is locked: /var/lib/canary.db")
	for _, path := range []string{"/v1/uploads/" + uploadID, "/v1/uploads/" + uploadID + "/events", "/v1/assets", "/v1/assets/" + assetID} {
		r := w.ask("GET", path, "ada")
		wantProblem(t, r, 500, "internal")
		if strings.Contains(r.body, "canary") {
			t.Errorf("%s tells: %s", path, r.body)
		}
	}
	if !strings.Contains(w.log.String(), "canary.db") {
		t.Error("the log does not tell")
	}
}
