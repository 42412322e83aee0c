package intake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/intake"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

// A path that is not a valid id is a 404 before tusd sees it, and no file outside the
// store is touched.
func TestNoPathEscapesTheStore(t *testing.T) {
	h := start(t, nil)
	outside := filepath.Join(h.root, "outside")
	h.must(os.WriteFile(outside, []byte("x"), 0o600))
	h.must(os.WriteFile(outside+".info", []byte(`{"ID":"outside","Size":1,"Offset":1}`), 0o600))
	paths := []string{
		"..%2Foutside", "%2e%2e%2foutside", "..%5coutside", "x%2F..%2F..%2Foutside", "%2Fetc%2Fpasswd", "outside%00",
		"%c0%ae%c0%ae%2foutside", "..%252Foutside", strings.Repeat("0", 32) + ".info", strings.Repeat("0", 32) + "%2F",
		strings.Repeat("0", 31), strings.Repeat("G", 32), strings.Repeat("0", 32) + "/" + strings.Repeat("0", 32),
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodHead, http.MethodPatch, http.MethodDelete, http.MethodGet} {
			if a := h.do(request{method: method, path: "/files/" + path}); a.status != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", method, path, a.status)
			}
		}
	}
	for _, file := range []string{outside, outside + ".info"} {
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s was touched: %v", file, err)
		}
	}
}

// The router applies an override that is allowed; see httpapi.
func TestTusdIgnoresAMethodOverride(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	r := request{method: http.MethodPost, path: path, headers: map[string]string{"X-HTTP-Method-Override": "DELETE"}}
	h.want(h.do(r), http.StatusMethodNotAllowed, "method_not_allowed")
	h.wantOffset(path, 0)
}

func TestForwardingHeadersAreIgnored(t *testing.T) {
	forwarded := map[string]string{
		"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example;proto=https",
	}
	for public, want := range map[string]string{"": "/files/", "https://media.example.com/": "https://media.example.com/files/"} {
		h := start(t, func(c *intake.Config) { c.PublicURL = public })
		for range 2 { // the second is answered from the client's key
			r := creation(5, pair("key", "k"))
			for name, value := range forwarded {
				r.headers[name] = value
			}
			a := h.want(h.do(r), http.StatusCreated, "")
			if got := a.header.Get("Location"); !strings.HasPrefix(got, want) {
				t.Errorf("Location %q, want %s…", got, want)
			}
		}
	}
}

// failing fails FinishUpload a number of times.
type failing struct {
	*library.Library
	left atomic.Int32
}

func (f *failing) FinishUpload(ctx context.Context, id, sha256 string, failure *library.Problem) error {
	if f.left.Add(-1) >= 0 {
		return errors.New("database is away at /secret/path")
	}
	return f.Library.FinishUpload(ctx, id, sha256, failure)
}

// tusd reports such an upload as complete and never finishes it.
func TestAFailedFinishIsRepeated(t *testing.T) {
	for name, mend := range map[string]func(h *harness, path string){
		"by the client's HEAD":  func(h *harness, path string) { h.wantOffset(path, 5) },
		"by the client's PATCH": func(h *harness, path string) { h.want(h.do(patch(path, 5, "")), http.StatusNoContent, "") },
		"by the reconciler":     func(h *harness, _ string) { h.must(h.intake.Reconcile(h.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			var broken *failing
			h := start(t, func(c *intake.Config) {
				broken = &failing{Library: c.Uploads.(*library.Library)}
				c.Uploads = broken
			})
			path := h.create(5)
			broken.left.Store(2)
			a := h.want(h.do(patch(path, 0, "hello")), http.StatusServiceUnavailable, "unavailable")
			if strings.Contains(a.text, "secret") {
				t.Errorf("the response contains an internal error: %s", a.text)
			}
			// Until it is finished, a HEAD request must not report it as complete, nor
			// respond with a status that makes the client start again.
			if a := h.do(head(path)); a.status != http.StatusLocked || a.header.Get(tusproto.HeaderOffset) != "" {
				t.Errorf("HEAD: %d, offset %q, want 423 without", a.status, a.header.Get(tusproto.HeaderOffset))
			}
			h.wantRelays(0)
			mend(h, path)
			h.wantState(path, library.StateChecking)
			h.wantRelays(1)
		})
	}
}

// A client that repeats its creation must not see a complete upload.
func TestARepeatedCreationDoesNotHideAFailedFinish(t *testing.T) {
	var broken *failing
	h := start(t, func(c *intake.Config) {
		broken = &failing{Library: c.Uploads.(*library.Library)}
		c.Uploads = broken
	})
	key := pair("key", "k")
	path := h.create(5, key)
	broken.left.Store(2)
	h.want(h.do(patch(path, 0, "hello")), http.StatusServiceUnavailable, "unavailable")
	h.want(h.do(creation(5, key)), http.StatusLocked, "locked")
	a := h.want(h.do(creation(5, key)), http.StatusCreated, "")
	if got := a.header.Get(tusproto.HeaderOffset); got != "5" {
		t.Errorf("offset %q, want the whole length", got)
	}
	h.wantState(path, library.StateChecking)
}

func TestARepeatedCreationCreatesAMissingFile(t *testing.T) {
	half := &halfCreation{}
	h := start(t, func(c *intake.Config) {
		half.Folder = c.Bytes.(*store.Folder)
		c.Bytes = half
	})
	key := pair("key", "k")
	h.want(h.do(creation(5, key)), http.StatusServiceUnavailable, "unavailable")
	half.repaired = true
	path := h.create(5, key)
	h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
}

// halfCreation cannot create files until it is repaired.
type halfCreation struct {
	*store.Folder
	repaired bool
}

func (h *halfCreation) Create(ctx context.Context, id string) error {
	if !h.repaired {
		return errors.New("the disk does not answer")
	}
	return h.Folder.Create(ctx, id)
}

// stalled starts a PATCH whose client sends a few bytes and then nothing. It returns
// the connection once the bytes are stored.
func (h *harness) stalled(path, bytes string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
	h.must(err)
	h.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"+
		"Content-Type: %s\r\nContent-Length: 5\r\n\r\n%s", path, acme, tusproto.ContentType, bytes)
	h.must(err)
	h.awaitBytes(path, int64(len(bytes)))
	return conn
}

func (h *harness) awaitBytes(path string, want int64) {
	h.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		got, err := h.bytes.Offset(h.Context(), idOf(path))
		h.must(err)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("%d bytes are stored, want %d", got, want)
		}
		<-time.After(5 * time.Millisecond) // a growing file sends no event
	}
}

func TestASilentClientTimesOut(t *testing.T) {
	h := start(t, func(c *intake.Config) { c.NetworkTimeout = 200 * time.Millisecond })
	path := h.create(5)
	conn := h.stalled(path, "hel")
	h.wantTimeout(conn)
	h.wantOffset(path, 3)
}

// wantTimeout checks that a connection ends with a 408.
func (h *harness) wantTimeout(conn net.Conn) {
	h.Helper()
	h.must(conn.SetReadDeadline(time.Now().Add(20 * time.Second)))
	text, err := io.ReadAll(conn) // ends when the server closes
	h.must(err)
	if !strings.HasPrefix(string(text), "HTTP/1.1 408") {
		h.Errorf("got %q, want 408", text)
	}
}

func TestATooSlowClientTimesOut(t *testing.T) {
	h := start(t, func(c *intake.Config) { c.RateWindow = 300 * time.Millisecond })
	path := h.create(1 << 20)
	body, feed := io.Pipe()
	go func() {
		for {
			if _, err := feed.Write([]byte("x")); err != nil {
				return
			}
			<-time.After(10 * time.Millisecond) // 100 bytes a second, a tenth of the minimum rate
		}
	}()
	defer body.Close()
	r := patch(path, 0, "")
	req, err := http.NewRequestWithContext(t.Context(), r.method, h.url+path, body)
	h.must(err)
	h.want(h.send(req, r), http.StatusRequestTimeout, "request_timeout")
	if a := h.do(head(path)); a.header.Get(tusproto.HeaderOffset) == "0" {
		t.Error("the received bytes were lost")
	}
}

func TestANewRequestTakesOverFromAHalfOpenOne(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	conn := h.stalled(path, "hel")
	h.wantOffset(path, 3)
	h.want(h.do(patch(path, 3, "lo")), http.StatusNoContent, "")
	text, err := io.ReadAll(conn)
	h.must(err)
	if !strings.HasPrefix(string(text), "HTTP/1.1 423") {
		t.Errorf("the old request got %q, want 423", text)
	}
	if got := string(h.stored(path)); got != "hello" {
		t.Errorf("stored %q", got)
	}
}

func TestALockThatIsNotReleasedIsLocked(t *testing.T) {
	h := start(t, func(c *intake.Config) { c.Leases = heldForever{} })
	path := h.create(5)
	for _, r := range []request{head(path), patch(path, 0, "hello")} {
		if a := h.do(r); a.status != http.StatusLocked {
			t.Errorf("%s: %d, want 423, after which clients retry", r.method, a.status)
		}
	}
}

// heldForever is a lease that another replica does not release.
type heldForever struct{}

func (heldForever) Acquire(context.Context, string) (*lease.Lease, error) { return nil, lease.ErrHeld }
func (heldForever) RequestRelease(context.Context, string) error          { return nil }
func (heldForever) Released() <-chan struct{}                             { return nil }

func TestAFullStoreKeepsTheBytesItHas(t *testing.T) {
	full := &fullStore{}
	h := start(t, func(c *intake.Config) {
		full.Folder = c.Bytes.(*store.Folder)
		c.Bytes = full
	})
	path := h.create(5)
	h.want(h.do(patch(path, 0, "hello")), http.StatusInsufficientStorage, "storage_full")
	full.room = true
	h.wantOffset(path, 3)
	h.want(h.do(patch(path, 3, "lo")), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
}

// fullStore has space for three bytes until room is set.
type fullStore struct {
	*store.Folder
	room bool
}

func (f *fullStore) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if f.room {
		return f.Folder.Append(ctx, id, offset, r)
	}
	n, err := f.Folder.Append(ctx, id, offset, io.LimitReader(r, 3))
	return n, errors.Join(err, store.ErrFull)
}

func TestShutdownKeepsReceivedBytes(t *testing.T) {
	h := start(t, nil)
	base, stop := context.WithCancelCause(context.Background())
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.intake.ServeHTTP(w, withClaims(r))
	}))
	server.Config.BaseContext = func(net.Listener) context.Context { return base }
	server.Config.RegisterOnShutdown(func() { stop(handler.ErrServerShutdown) })
	server.Start()
	defer server.Close()
	h.server = server

	path := h.create(5)
	conn := h.stalled(path, "hel")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	h.must(server.Config.Shutdown(ctx))
	text, err := io.ReadAll(conn)
	h.must(err)
	if !strings.HasPrefix(string(text), "HTTP/1.1 503") {
		t.Errorf("got %q, want 503", text)
	}
	if got := string(h.stored(path)); got != "hel" {
		t.Errorf("stored %q, want the received bytes", got)
	}
}
