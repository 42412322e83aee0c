package attacks

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// A malformed chunked body is the client's mistake: 400, and the bytes before it count.
func TestMalformedChunkedBody(t *testing.T) {
	t.Parallel()
	i := startLimited(t, nil)
	c := newClient(i, stage.Channel, "eve")
	for _, rest := range []string{"zz\r\n", "\r\n", "-1\r\n", "fffffffffffffffffff\r\n", "1;" + strings.Repeat("x", 10_000) + "\r\n"} {
		created, err := c.create(1000, nil)
		want(t, created, err, http.StatusCreated, "")
		path := created.header.Get("Location")
		answer, text := rawPatch(c, path, "5\r\nhello\r\n"+rest)
		if answer.StatusCode != http.StatusBadRequest || !strings.Contains(text, `"code":"bad_request"`) {
			t.Errorf("%.20q: %s %s", rest, answer.Status, text)
		}
		r, err := c.do(http.MethodHead, path, nil)
		if err != nil || r.header.Get("Upload-Offset") != "5" {
			t.Errorf("%.20q: offset %q, %v, want 5", rest, r.header.Get("Upload-Offset"), err)
		}
	}
}

// rawPatch sends a PATCH whose chunked body is written by hand.
func rawPatch(c *client, path, body string) (*http.Response, string) {
	c.Helper()
	conn, err := net.Dial("tcp", c.Address)
	c.Must(err)
	defer conn.Close()
	c.Must(conn.SetDeadline(time.Now().Add(stage.RecoveryTimeout)))
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"+
		"Content-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n%s", path, c.token, body)
	c.Must(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	c.Must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	c.Must(err)
	return answer, string(text)
}

// A forged host never shows in the URL of an upload, and an override of the method never
// reaches more than PATCH and DELETE of an upload.
func TestForgedHeaders(t *testing.T) {
	t.Parallel()
	i := startLimited(t, nil)
	c := newClient(i, stage.Channel, "eve")
	for _, name := range []string{"Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"} {
		conn, err := net.Dial("tcp", c.Address)
		i.Must(err)
		host := "Host: x\r\n"
		if name == "Host" {
			host = ""
		}
		_, err = fmt.Fprintf(conn, "POST /files/ HTTP/1.1\r\n%s%s: host=evil.example\r\nAuthorization: Bearer %s\r\n"+
			"Tus-Resumable: 1.0.0\r\nUpload-Length: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", host, name, c.token)
		i.Must(err)
		text, err := io.ReadAll(conn)
		i.Must(err)
		_ = conn.Close()
		if strings.Contains(string(text), "evil") || name != "Host" && !strings.Contains(string(text), "Location: /files/") {
			t.Errorf("%s: %s", name, text)
		}
	}
	created, err := c.create(5, nil)
	want(t, created, err, http.StatusCreated, "")
	path := created.header.Get("Location")
	r, err := c.do(http.MethodPost, path, nil, "X-HTTP-Method-Override", "OPTIONS")
	want(t, r, err, http.StatusBadRequest, "X-HTTP-Method-Override")
	i.Sends([]byte("hello"))
	r, err = c.do(http.MethodPost, path, strings.NewReader("hello"), "X-HTTP-Method-Override", "PATCH",
		"Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
	want(t, r, err, http.StatusNoContent, "")
	r, err = newClient(i, otherChannel, "eve").do(http.MethodPost, path, nil, "X-HTTP-Method-Override", "DELETE")
	want(t, r, err, http.StatusNotFound, "not_found")
}

// silentConnections is how many connections send nothing.
func silentConnections() int {
	if os.Getenv("MEDIARELAY_TEST_LONG") != "" {
		return 3_000
	}
	return 300
}

// Connections that send nothing, or half a head, do not keep others from being served.
// The server closes them within the time for a head.
func TestSilentConnections(t *testing.T) {
	t.Parallel()
	i := startLimited(t, nil)
	var silent []net.Conn
	for n := range silentConnections() {
		conn, err := net.Dial("tcp", i.Address)
		i.Must(err)
		t.Cleanup(func() { _ = conn.Close() })
		if n%2 == 0 {
			_, err = io.WriteString(conn, "POST /files/ HTTP/1.1\r\nHost: x\r\n")
			i.Must(err)
		}
		silent = append(silent, conn)
	}
	content := stage.Notes(megabyte)
	i.Sends(content)
	r, err := newClient(i, stage.Channel, "ana").create(len(content), content)
	want(t, r, err, http.StatusCreated, "")
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Errorf("/readyz: %d %s", status, text)
	}
	deadline := time.Now().Add(stage.RecoveryTimeout)
	for _, conn := range silent {
		i.Must(conn.SetReadDeadline(deadline))
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatalf("a silent connection is still open: %v", err)
		}
	}
}
