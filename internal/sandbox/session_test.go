package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/sandbox"
)

func TestSessionInParts(t *testing.T) {
	now := newClock()
	c := start(t, sandbox.Config{Now: now.Now})
	id := c.session(10, "image/png")
	c.send(id, 0, []byte("0123"))
	handle := c.send(id, 4, []byte("456789")).text(t, "h")

	sum := sha256.Sum256([]byte("0123456789"))
	want := sandbox.Handle{
		Handle: media.Handle(handle), Filename: "sample.png", Type: "image/png",
		Size: 10, SHA256: hex.EncodeToString(sum[:]),
	}
	if got := c.s.Handles(); len(got) != 1 || got[0] != want {
		t.Errorf("Handles = %+v, want %+v", got, want)
	}
	expiry, ok := want.Handle.Expiry()
	if wantExpiry := now.Now().Add(48 * time.Hour).Unix(); !ok || expiry != wantExpiry {
		t.Errorf("the handle expires at %d, want %d", expiry, wantExpiry)
	}
	if r := c.send(id, 10, nil); r.status != 412 {
		t.Errorf("finished session: HTTP %d, want 412", r.status)
	}
}

func TestSessionIDsAreComparedByteForByte(t *testing.T) {
	c := start(t, sandbox.Config{})
	id := c.session(10, "image/png")
	body, signature, _ := strings.Cut(id, "?sig=")
	for name, altered := range map[string]string{
		"signature altered": id + "x",
		"signature missing": body,
		"body altered":      "upload:" + strings.ToLower(body[7:]) + "?sig=" + signature,
		"query escaped":     body + "%3Fsig%3D" + signature,
		"padding escaped":   strings.ReplaceAll(body, "=", "%3D") + "%3Fsig=" + signature,
		"made up":           "upload:MTphdHRhY2htZW50?sig=AR",
	} {
		t.Run(name, func(t *testing.T) {
			r := c.do(http.MethodGet, "/"+altered, nil, nil)
			if r.status != 400 || r.number(t, "error", "code") != 104 {
				t.Errorf("HTTP %d %s, want 400 with code 104", r.status, r.body)
			}
		})
	}
	if r := c.do(http.MethodGet, "/"+id, nil, nil); r.status != 200 {
		t.Errorf("unaltered ID: HTTP %d, want 200", r.status)
	}
}

func TestFileOffsetIsAHeaderInAnyCase(t *testing.T) {
	for _, name := range []string{"file_offset", "File_offset", "FILE_OFFSET"} {
		t.Run(name, func(t *testing.T) {
			c := start(t, sandbox.Config{})
			id := c.session(4, "image/png")
			c.send(id, 0, []byte("01"))
			r := c.do(http.MethodPost, "/"+id, http.Header{name: {"2"}}, strings.NewReader("23"))
			if r.status != 200 {
				t.Errorf("HTTP %d %s, want 200", r.status, r.body)
			}
		})
	}
	t.Run("not a number", func(t *testing.T) {
		c := start(t, sandbox.Config{})
		r := c.do(http.MethodPost, "/"+c.session(4, "image/png"), http.Header{"file_offset": {"-1"}}, strings.NewReader("0123"))
		if r.status != 400 || r.number(t, "error", "code") != 100 {
			t.Errorf("HTTP %d %s, want 400 with code 100", r.status, r.body)
		}
	})
}

func TestRejectedSessions(t *testing.T) {
	c := start(t, sandbox.Config{})
	for _, row := range []struct{ query, message string }{
		{"file_length=1&file_type=image/png", "file_name is required"},
		{"file_name=a&file_type=image/png", "file_length is required"},
		{"file_name=a&file_length=1", "file_type is required"},
		{"file_name=a&file_length=0&file_type=image/png", "positive integer"},
		{"file_name=a&file_length=many&file_type=image/png", "positive integer"},
		{"file_name=a&file_length=1&file_type=video/3gpp", "must be one of"},
	} {
		t.Run(row.query, func(t *testing.T) {
			r := c.do(http.MethodPost, "/uploads?"+row.query, nil, nil)
			if r.status != 400 || !strings.Contains(r.text(t, "error", "message"), row.message) {
				t.Errorf("HTTP %d %s, want 400 with %q", r.status, r.body, row.message)
			}
		})
	}
}

// A session's length is part of its signed ID, so a longer body ends the session.
func TestBodyLongerThanSession(t *testing.T) {
	c := start(t, sandbox.Config{})
	id := c.session(4, "image/png")
	if r := c.send(id, 0, []byte("01234")); r.status != 400 {
		t.Errorf("HTTP %d %s, want 400", r.status, r.body)
	}
	if r := c.do(http.MethodGet, "/"+id, nil, nil); r.status != 400 || len(c.s.Handles()) != 0 {
		t.Errorf("the session still exists: HTTP %d %s", r.status, r.body)
	}
}

// The bytes that arrived before a connection broke are stored, and the offset counts
// them.
func TestResumeAfterReset(t *testing.T) {
	c := start(t, sandbox.Config{})
	content := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	id := c.session(len(content), "video/mp4")
	c.s.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(100_001))
	if _, err := c.try(http.MethodPost, "/"+id, nil, bytes.NewReader(content)); err == nil {
		t.Fatal("the connection was not reset")
	}
	offset := c.do(http.MethodGet, "/"+id, nil, nil).number(t, "file_offset")
	if offset != 100_001 {
		t.Fatalf("offset %d, want 100001", offset)
	}
	c.send(id, offset, content[offset:]).text(t, "h")
	sum := sha256.Sum256(content)
	if got := c.s.Handles()[0].SHA256; got != hex.EncodeToString(sum[:]) {
		t.Errorf("sha256 %s, want %x", got, sum)
	}
}
