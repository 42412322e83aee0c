package intake_test

import (
	"context"
	"crypto/sha1" //nolint:gosec // required by the protocol
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

func sha256Of(chunk string) string {
	sum := sha256.Sum256([]byte(chunk))
	return "sha256 " + base64.StdEncoding.EncodeToString(sum[:])
}

func sha1Of(chunk string) string {
	sum := sha1.Sum([]byte(chunk)) //nolint:gosec // required by the protocol
	return "sha1 " + base64.StdEncoding.EncodeToString(sum[:])
}

// checked adds a checksum to a request.
func checked(r request, checksum string) request {
	r.headers[tusproto.HeaderChecksum] = checksum
	return r
}

func TestAChunkIsStoredOnlyIfItMatchesItsChecksum(t *testing.T) {
	for name, checksum := range map[string]func(string) string{"sha256": sha256Of, "sha1": sha1Of} {
		t.Run(name, func(t *testing.T) {
			h := start(t, func(c *intake.Config) { c.Bytes = unreadable{c.Bytes.(*store.Folder)} })
			path := h.create(11, pair("sha256", digestOf("hello world")))
			h.want(h.do(checked(patch(path, 0, "hello "), checksum("hello "))), http.StatusNoContent, "")
			for range 3 {
				a := h.want(h.do(checked(patch(path, 6, "wOrld"), checksum("world"))), tusproto.StatusChecksumMismatch, "checksum_mismatch")
				if got := a.header.Get(tusproto.HeaderOffset); got != "6" {
					t.Errorf("offset %q in the error, want 6", got)
				}
				h.wantOffset(path, 6)
			}
			if got := string(h.stored(path)); got != "hello " {
				t.Errorf("stored %q, want only the valid chunks", got)
			}
			h.want(h.do(checked(patch(path, 6, "world"), checksum("world"))), http.StatusNoContent, "")
			h.wantState(path, library.StateChecking)
		})
	}
}

// unreadable forces the digest to be computed from the chunks as they arrive.
type unreadable struct{ *store.Folder }

func (unreadable) Open(context.Context, string) (*store.Content, error) {
	return nil, errors.New("the file is read again")
}

func TestADamagedFirstChunkLeavesAnUploadToResume(t *testing.T) {
	h := start(t, nil)
	r := checked(creation(5, pair("key", "k")), sha256Of("hello"))
	r.body, r.headers["Content-Type"] = "hellO", tusproto.ContentType
	a := h.want(h.do(r), tusproto.StatusChecksumMismatch, "checksum_mismatch")
	path := a.header.Get("Location")
	if a.header.Get(tusproto.HeaderOffset) != "0" || !strings.HasPrefix(path, "/files/") {
		t.Fatalf("Location %q, offset %q", a.header.Get("Location"), a.header.Get(tusproto.HeaderOffset))
	}
	h.wantOffset(path, 0)
	if again := h.create(5, pair("key", "k")); again != path {
		t.Errorf("its key names %s, want %s", again, path)
	}
	h.want(h.do(checked(patch(path, 0, "hello"), sha256Of("hello"))), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
}

func TestCreationWithACheckedChunk(t *testing.T) {
	h := start(t, nil)
	r := checked(creation(5), sha256Of("hello"))
	r.body, r.headers["Content-Type"] = "hello", tusproto.ContentType
	a := h.want(h.do(r), http.StatusCreated, "")
	h.wantState(a.header.Get("Location"), library.StateChecking)
}

func TestInvalidChecksumHeaders(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	good := strings.TrimPrefix(sha256Of("hello"), "sha256 ")
	for name, c := range map[string]struct{ header, code string }{
		"empty":               {"", "bad_request"},
		"no digest":           {"sha256", "bad_request"},
		"empty digest":        {"sha256 ", "bad_request"},
		"two spaces":          {"sha256  " + good, "bad_request"},
		"hexadecimal":         {"sha256 " + digestOf("hello"), "bad_request"},
		"another's length":    {"sha1 " + good, "bad_request"},
		"no padding":          {"sha256 " + strings.TrimRight(good, "="), "bad_request"},
		"bits behind the end": {"sha256 " + good[:42] + "/=", "bad_request"},
		"something behind":    {"sha256 " + good + " x", "bad_request"},
		"two checksums":       {sha256Of("hello") + "," + sha1Of("hello"), "bad_request"},
		"unknown":             {"crc32 AAAAAA==", "checksum_unsupported"},
		"capital letters":     {"SHA256 " + good, "checksum_unsupported"},
	} {
		t.Run(name, func(t *testing.T) {
			h := *h
			h.T = t
			post := checked(creation(5), c.header)
			post.body, post.headers["Content-Type"] = "hello", tusproto.ContentType
			for _, r := range []request{checked(patch(path, 0, "hello"), c.header), post} {
				h.want(h.do(r), http.StatusBadRequest, c.code)
			}
		})
	}
	h.wantOffset(path, 0)
	if list, err := h.library.Unfinished(t.Context(), time.Now().Add(time.Hour), library.Cursor{}, 10); err != nil || len(list) != 1 {
		t.Errorf("there are %d uploads, %v, want only the first", len(list), err)
	}
}

// raw sends the header of a PATCH and the start of its body, and waits until that is
// on the disk.
func (h *harness) raw(path string, headers, body string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
	h.must(err)
	h.Cleanup(func() { _ = conn.Close() })
	h.must(conn.SetDeadline(time.Now().Add(20 * time.Second)))
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nTus-Resumable: 1.0.0\r\nContent-Type: %s\r\n%s\r\n\r\n%s",
		path, acme, tusproto.ContentType, headers, body)
	h.must(err)
	return conn
}

// awaitOnDisk waits for bytes of a file, verified or not.
func (h *harness) awaitOnDisk(path string, want int64) {
	h.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(5 * time.Millisecond) { // a growing file sends no event
		info, err := os.Stat(filepath.Join(h.root, "uploads", idOf(path)))
		h.must(err)
		if info.Size() == want {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("%d bytes are on the disk, want %d", info.Size(), want)
		}
	}
}

// half starts a checked chunk "hello" and sends three bytes of it.
func (h *harness) half(path string) net.Conn {
	h.Helper()
	conn := h.raw(path, "Upload-Offset: 0\r\nContent-Length: 5\r\nUpload-Checksum: "+sha256Of("hello"), "hel")
	h.awaitOnDisk(path, 3)
	if offset, err := h.intake.Offset(h.Context(), idOf(path)); offset != 0 || err != nil {
		h.Errorf("offset %d, %v while the chunk is in progress, want 0", offset, err)
	}
	return conn
}

// An interrupted chunk cannot be verified. Its bytes are kept, since the client can
// resume after them and the digest of the whole file still detects damage.
func TestAnInterruptedCheckedChunkKeepsItsBytes(t *testing.T) {
	for name, end := range map[string]func(h *harness, path string, conn net.Conn){
		"cut by the client": func(h *harness, path string, conn net.Conn) {
			h.must(conn.(*net.TCPConn).SetLinger(0)) // a reset
			h.must(conn.Close())
			h.awaitBytes(path, 3)
		},
		"taken over by a newer request": func(h *harness, path string, conn net.Conn) {
			h.wantOffset(path, 3)
			if text, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 423") {
				h.Errorf("the old request got %q, %v, want 423", text, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, nil)
			path := h.create(5, pair("sha256", digestOf("hello")))
			end(h, path, h.half(path))
			h.wantOffset(path, 3)
			h.want(h.do(checked(patch(path, 3, "lo"), sha256Of("lo"))), http.StatusNoContent, "")
			h.wantState(path, library.StateChecking)
		})
	}
}

// A process that crashes between writing and verifying leaves bytes, and a mark of
// where they start. They do not complete an upload.
func TestUnverifiedBytesOfACrashAreDiscarded(t *testing.T) {
	h := start(t, nil)
	path := h.create(11, key)
	h.want(h.do(patch(path, 0, "hello ")), http.StatusNoContent, "")
	file := filepath.Join(h.root, "uploads", idOf(path))
	h.must(os.WriteFile(file+".unchecked", []byte("6"), 0o600))
	h.must(os.WriteFile(file, []byte("hello wOrld"), 0o600))

	h.must(h.intake.Reconcile(t.Context()))
	h.wantState(path, library.StateUploading)
	if a := h.do(creation(11, key)); a.header.Get(tusproto.HeaderOffset) != "6" {
		t.Errorf("a repeated creation returns offset %q, want 6", a.header.Get(tusproto.HeaderOffset))
	}
	h.wantOffset(path, 6)
	h.want(h.do(patch(path, 6, "wo")), http.StatusNoContent, "")
	h.want(h.do(patch(path, 8, "rld")), http.StatusNoContent, "")
	if u := h.wantState(path, library.StateChecking); u.SHA256 != digestOf("hello world") {
		t.Errorf("digest %s", u.SHA256)
	}
}

// A body without a length exceeds the upload. The bytes of its checksum cannot all be
// stored, so none are.
func TestACheckedChunkBeyondTheLengthIsDiscarded(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	conn := h.raw(path, "Upload-Offset: 0\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nUpload-Checksum: "+sha256Of("hello"),
		"8\r\nhello wo\r\n0\r\n\r\n")
	text, err := io.ReadAll(conn)
	if !strings.HasPrefix(string(text), "HTTP/1.1 400") {
		t.Errorf("got %q, %v, want 400", text, err)
	}
	h.wantOffset(path, 0)
	h.wantState(path, library.StateUploading)
}

func TestACheckedChunkIsNotHeldInMemory(t *testing.T) {
	const size = 32 << 20
	h := start(t, nil)
	path := h.create(size)
	sum := sha256.New()
	_, err := io.Copy(sum, io.LimitReader(zeros{}, size))
	h.must(err)
	r := checked(patch(path, 0, ""), "sha256 "+base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	req, err := http.NewRequestWithContext(t.Context(), r.method, h.url+path, io.LimitReader(zeros{}, size))
	h.must(err)
	req.ContentLength = size
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h.want(h.send(req, r), http.StatusNoContent, "")
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > size/8 {
		t.Errorf("%d bytes were allocated for a chunk of %d", grown, size)
	}
	h.wantState(path, library.StateChecking)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
