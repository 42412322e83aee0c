package httpapi_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/httpapi"
)

// A client that sends its whole body before it reads gets the reason why its request was
// rejected, whatever rejects it.
func TestARejectedClientThatIsStillSendingReadsWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *httpapi.Config) {
		c.Files = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("before the body is read") })
	})
	const size = 20 << 20
	for name, tt := range map[string]struct {
		start  string
		status int
		code   string
	}{
		"no token":         {"PATCH /files/x HTTP/1.1\r\n", 401, "unauthorized"},
		"an expired token": {"PATCH /files/x HTTP/1.1\r\nAuthorization: Bearer expired\r\n", 401, "token_expired"},
		"a scope too few":  {"POST /files/ HTTP/1.1\r\nAuthorization: Bearer support\r\n", 403, "forbidden_scope"},
		"another channel":  {"PATCH /files/x HTTP/1.1\r\nAuthorization: Bearer elsewhere\r\n", 403, "unknown_channel"},
		"an unknown path":  {"PUT /nowhere HTTP/1.1\r\n", 404, "not_found"},
		"a wrong method":   {"PUT /healthz HTTP/1.1\r\n", 405, "method_not_allowed"},
		"a header twice":   {"PATCH /files/x HTTP/1.1\r\nUpload-Offset: 0\r\nUpload-Offset: 0\r\n", 400, "bad_request"},
		"a fault of ours":  {"PATCH /files/x HTTP/1.1\r\nAuthorization: Bearer ada\r\n", 500, "internal"},
	} {
		for framing, body := range map[string]string{
			"with a length": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, strings.Repeat("x", size)),
			"in chunks":     fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", size, strings.Repeat("x", size)),
		} {
			t.Run(name+", "+framing, func(t *testing.T) {
				conn, reader := w.raw(tt.start + "Host: x\r\n" + body)
				defer conn.Close()
				answer, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				text, err := io.ReadAll(answer.Body)
				if err != nil {
					t.Fatal(err)
				}
				wantProblem(t, response{answer, string(text)}, tt.status, tt.code)
			})
		}
	}
}

// A rejected body without an end holds its connection for a bounded number of bytes.
func TestARejectedBodyIsNotReadWithoutEnd(t *testing.T) {
	w := newWorld(t, nil)
	conn, _ := w.raw("PATCH /files/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	defer conn.Close()
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<20, strings.Repeat("x", 1<<20))
	for sent := range 400 {
		if _, err := io.WriteString(conn, chunk); err != nil {
			return
		} else if sent == 399 {
			t.Errorf("the server read %d MiB", sent)
		}
	}
}

// A rejected client that stops sending in its body loses its connection.
func TestARejectedClientThatStallsIsCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	conn, reader := w.raw("PATCH /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf")
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * patience)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		t.Fatalf("%v, %v", answer, err)
	}
	var timeout net.Error
	if _, err = io.Copy(io.Discard, reader); errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the connection is still open")
	}
}
