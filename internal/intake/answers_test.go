package intake_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
)

const patience = 20 * time.Second

// rawPatch sends the head of a PATCH and then a body as it is.
func (h *harness) rawPatch(path string, headers string, body string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	h.must(err)
	h.Cleanup(func() { _ = conn.Close() })
	h.must(conn.SetDeadline(time.Now().Add(patience)))
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n%s\r\n\r\n%s", path, acme, headers, body)
	h.must(err)
	return conn
}

func (h *harness) wantAnswer(conn net.Conn, status int, code string) {
	h.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	h.must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	h.must(err)
	if answer.StatusCode != status || !strings.Contains(string(text), `"code":"`+code+`"`) {
		h.Errorf("got %d %s, want %d %s", answer.StatusCode, text, status, code)
	}
}

func TestAMalformedChunkedBodyIsABadRequest(t *testing.T) {
	h := start(t, nil)
	for name, body := range map[string]string{
		"a size that is no number":     "5\r\nhello\r\nzz\r\n",
		"a size of nothing":            "5\r\nhello\r\n\r\n",
		"a size that overflows":        "5\r\nhello\r\nfffffffffffffffffff\r\n",
		"a chunk longer than its size": "5\r\nhello world\r\n",
		"a size line that is too long": "5\r\nhello\r\n1;" + strings.Repeat("x", 10_000) + "\r\n",
		// net/http gives up after 16 KiB; a longer body might be sent while it closes.
		"more extensions than contents": "5\r\nhello\r\n" + strings.Repeat("1;"+strings.Repeat("x", 4000)+"\r\nx\r\n", 8),
	} {
		t.Run(name, func(t *testing.T) {
			path := h.create(100_000)
			h.wantAnswer(h.rawPatch(path, "Transfer-Encoding: chunked", body), http.StatusBadRequest, "bad_request")
			if offset := len(h.stored(path)); offset < 5 {
				t.Errorf("%d bytes are stored, want those before the mistake", offset)
			}
		})
	}
}

// A client that sends its whole body before it reads gets the answer all the same.
func TestAClientThatIsStillSendingReadsTheAnswer(t *testing.T) {
	bytes := &fullBytes{}
	h := start(t, func(c *intake.Config) { bytes.Bytes = c.Bytes; c.Bytes = bytes })
	const size = 12 << 20
	path := h.create(size)
	bytes.full = true
	conn := h.rawPatch(path, fmt.Sprintf("Content-Length: %d", size), strings.Repeat("x", size))
	h.wantAnswer(conn, http.StatusInsufficientStorage, "storage_full")
}

// fullBytes is a store on a full disk.
type fullBytes struct {
	intake.Bytes
	full bool
	free int64
}

func (b *fullBytes) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if b.full {
		return 0, store.ErrFull
	}
	return b.Bytes.Append(ctx, id, offset, r)
}

func (b *fullBytes) Free(context.Context) (int64, error) { return b.free, nil }

func TestNoUploadBeginsBelowTheFreeSpace(t *testing.T) {
	const floor = 1 << 30
	bytes := &fullBytes{free: floor}
	h := start(t, func(c *intake.Config) { bytes.Bytes = c.Bytes; c.Bytes, c.MinFree = bytes, floor })
	path := h.create(5, key)
	bytes.free--
	a := h.want(h.do(creation(5)), http.StatusInsufficientStorage, "storage_full")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.want(h.do(creation(5, key)), http.StatusCreated, "") // has begun
	h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
	bytes.free++
	h.create(5)
}

func TestAnExceededQuotaIsTooManyRequests(t *testing.T) {
	h := start(t, nil)
	h.library.UseQuota(library.Quota{Uploads: 2, Bytes: 100})
	path := h.create(60, key)
	a := h.want(h.do(creation(41)), http.StatusTooManyRequests, "quota_exceeded")
	if a.header.Get("Retry-After") == "" || !strings.Contains(a.text, "MEDIARELAY_QUOTA_OPEN_BYTES") {
		t.Errorf("Retry-After %q, %s", a.header.Get("Retry-After"), a.text)
	}
	h.create(1)
	a = h.want(h.do(creation(1)), http.StatusTooManyRequests, "quota_exceeded")
	if !strings.Contains(a.text, "MEDIARELAY_QUOTA_OPEN_UPLOADS") {
		t.Error(a.text)
	}
	h.want(h.do(creation(60, key)), http.StatusCreated, "") // the same upload
	h.want(h.do(request{method: http.MethodDelete, path: path}), http.StatusNoContent, "")
	h.create(1)
}
