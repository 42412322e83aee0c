package intake_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

const patience = 20 * time.Second

// rawPatch sends the head of a PATCH and then a body as it is.
func (h *harness) rawPatch(path string, headers string, body string) net.Conn {
	h.Helper()
	return h.sendRaw(fmt.Sprintf("PATCH %s HTTP/1.1\r\nUpload-Offset: 0\r\n%s", path, headers), body)
}

// sendRaw sends a head, with the headers that every request has, and then a body as it is.
func (h *harness) sendRaw(head, body string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	h.must(err)
	h.Cleanup(func() { _ = conn.Close() })
	h.must(conn.SetDeadline(time.Now().Add(patience)))
	_, err = fmt.Fprintf(conn, "%s\r\nHost: x\r\nAuthorization: %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Content-Type: application/offset+octet-stream\r\n\r\n%s", head, acme, body)
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

// A client that sends its whole body before it reads gets the answer all the same, also
// if the body is longer than one chunk of our own uploader.
func TestAClientThatIsStillSendingReadsTheAnswer(t *testing.T) {
	const size = 40 << 20
	for name, tt := range map[string]struct {
		failure error
		after   int64 // the bytes that are stored before the failure
		status  int
		code    string
	}{
		"a full disk":                      {store.ErrFull, 0, http.StatusInsufficientStorage, "storage_full"},
		"a disk that fills up":             {store.ErrFull, 1 << 20, http.StatusInsufficientStorage, "storage_full"},
		"a store that is away":             {store.ErrAway, 0, http.StatusServiceUnavailable, "unavailable"},
		"a store that vanishes on the way": {store.ErrAway, 1 << 20, http.StatusServiceUnavailable, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			bytes := &fullBytes{after: tt.after}
			h := start(t, func(c *intake.Config) { bytes.Bytes = c.Bytes; c.Bytes = bytes })
			path := h.create(size)
			bytes.failure = tt.failure
			conn := h.rawPatch(path, fmt.Sprintf("Content-Length: %d", size), strings.Repeat("x", size))
			h.wantAnswer(conn, tt.status, tt.code)
		})
	}
}

// A store that is away before the body is looked at is no broken connection either, for
// a chunk, a creation and a repeated creation.
func TestAClientThatSendsToAReplacedFolderReadsTheAnswer(t *testing.T) {
	const size = 40 << 20
	h := start(t, nil)
	path := h.create(size, key)
	folder := filepath.Join(h.root, "uploads")
	h.must(os.Rename(folder, folder+".old"))
	h.must(os.Mkdir(folder, 0o700))
	for name, head := range map[string]string{
		"chunk":             "PATCH " + path + " HTTP/1.1\r\nUpload-Offset: 0\r\n",
		"creation":          fmt.Sprintf("POST /files/ HTTP/1.1\r\nUpload-Length: %d\r\n", size),
		"repeated creation": fmt.Sprintf("POST /files/ HTTP/1.1\r\nUpload-Length: %d\r\nUpload-Metadata: %s\r\n", size, tusproto.EncodeMetadata([]tusproto.Pair{key})),
	} {
		t.Run(name, func(t *testing.T) {
			g := *h
			g.T = t
			g.wantAnswer(g.sendRaw(head+fmt.Sprintf("Content-Length: %d", size), strings.Repeat("x", size)), http.StatusServiceUnavailable, "unavailable")
		})
	}
}

// fullBytes is a store that fails, for example on a full disk.
type fullBytes struct {
	intake.Bytes
	failure error
	after   int64
	free    int64
}

func (b *fullBytes) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if b.failure == nil {
		return b.Bytes.Append(ctx, id, offset, r)
	}
	n, err := b.Bytes.Append(ctx, id, offset, io.LimitReader(r, b.after))
	return n, errors.Join(b.failure, err)
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
