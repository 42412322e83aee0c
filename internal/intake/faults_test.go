package intake_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
	"mediarelay/internal/tusproto"
)

// Faults between a client and the intake, caused on the wire. Each test checks that its
// fault happened.

// deaf forwards the request of one connection to the server, reads the whole response
// and resets the client's connection.
type deaf struct {
	net.Listener
	swallowed chan string
}

func newDeaf(h *harness) *deaf {
	h.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	h.Cleanup(func() { _ = listener.Close() })
	d := &deaf{listener, make(chan string, 1)}
	go d.serve(h.server.Listener.Addr().String())
	return d
}

func (d *deaf) serve(server string) {
	client, err := d.Accept()
	if err != nil {
		return
	}
	defer client.Close()
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer upstream.Close()
	go func() { _, _ = io.Copy(upstream, client) }()
	_ = upstream.SetReadDeadline(time.Now().Add(20 * time.Second))
	answer, _ := io.ReadAll(upstream) // the request asks the server to close
	d.swallowed <- string(answer)
	_ = client.(*net.TCPConn).SetLinger(0)
}

// lose sends a request, loses the response on the way to the client, and returns it.
func (h *harness) lose(r request) string {
	h.Helper()
	d := newDeaf(h)
	req, err := http.NewRequestWithContext(h.Context(), r.method, "http://"+d.Addr().String()+r.path, strings.NewReader(r.body))
	h.must(err)
	req.Close = true
	req.Header.Set("Authorization", acme)
	req.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range r.headers {
		req.Header.Set(name, value)
	}
	if resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req); err == nil {
		_ = resp.Body.Close()
		h.Fatalf("the answer came through: %s", resp.Status)
	}
	return <-d.swallowed
}

func TestACreationWithALostResponseCreatesOneUpload(t *testing.T) {
	for name, body := range map[string]string{"alone": "", "with its first bytes": "hel", "with the whole file": "hello"} {
		t.Run(name, func(t *testing.T) {
			h := start(t, nil)
			r := creation(5, key)
			if body != "" {
				r.body, r.headers["Content-Type"] = body, tusproto.ContentType
			}
			if lost := h.lose(r); !strings.HasPrefix(lost, "HTTP/1.1 201") {
				t.Fatalf("the lost answer was %q", lost)
			}
			a := h.want(h.do(r), http.StatusCreated, "")
			if got, want := a.header.Get(tusproto.HeaderOffset), fmt.Sprint(len(body)); got != want {
				t.Errorf("offset %q, want %s", got, want)
			}
			h.finishFrom(a.header.Get("Location"), len(body))
			h.wantRelays(1)
			h.wantFiles(1)
		})
	}
}

func (h *harness) finishFrom(path string, offset int) {
	h.Helper()
	if rest := "hello"[offset:]; rest != "" {
		h.want(h.do(patch(path, offset, rest)), http.StatusNoContent, "")
	}
	if u := h.wantState(path, library.StateChecking); u.SHA256 != digestOf("hello") {
		h.Errorf("digest %s", u.SHA256)
	}
}

// wantFiles counts the files in the store's folder besides its marker.
func (h *harness) wantFiles(want int) {
	h.Helper()
	files, err := filepath.Glob(filepath.Join(h.root, "uploads", "[0-9a-f]*"))
	h.must(err)
	if len(files) != want {
		h.Errorf("%d files are in the store, want %d", len(files), want)
	}
}

// Without a key a repeated creation cannot be recognized. The first upload expires.
func TestALostCreationWithoutAKeyExpires(t *testing.T) {
	h := start(t, nil)
	now := h.clock()
	if lost := h.lose(creation(5)); !strings.HasPrefix(lost, "HTTP/1.1 201") {
		t.Fatalf("the lost answer was %q", lost)
	}
	path := h.create(5)
	h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	h.wantFiles(2)
	now.Add(int64(25 * time.Hour))
	h.must(h.intake.Reconcile(t.Context()))
	h.wantFiles(1)
	h.wantState(path, library.StateChecking)
}

func TestAReplayedChunkChangesNothing(t *testing.T) {
	for name, replay := range map[string]func(path string) request{
		"same bytes":                   func(path string) request { return patch(path, 0, "hello ") },
		"other bytes":                  func(path string) request { return patch(path, 0, "HELLO ") },
		"other bytes, right checksum":  func(path string) request { return checked(patch(path, 0, "HELLO "), sha256Of("HELLO ")) },
		"other bytes, wrong checksum":  func(path string) request { return checked(patch(path, 0, "HELLO "), sha256Of("hello ")) },
		"overlapping":                  func(path string) request { return patch(path, 3, "LO WO") },
		"beyond a gap":                 func(path string) request { return patch(path, 7, "orld") },
		"none, at the old offset":      func(path string) request { return patch(path, 0, "") },
		"of the whole file in its way": func(path string) request { return patch(path, 0, "HELLO WORLD") },
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, nil)
			path := h.create(11, pair("sha256", digestOf("hello world")))
			h.want(h.do(patch(path, 0, "hello ")), http.StatusNoContent, "")
			h.want(h.do(replay(path)), http.StatusConflict, "offset_mismatch")
			if got := string(h.stored(path)); got != "hello " {
				t.Errorf("stored %q", got)
			}
			h.want(h.do(patch(path, 6, "world")), http.StatusNoContent, "")
			h.wantState(path, library.StateChecking)
			h.want(h.do(replay(path)), http.StatusConflict, "offset_mismatch")
			if got := string(h.stored(path)); got != "hello world" {
				t.Errorf("stored %q after the end", got)
			}
			h.wantRelays(1)
		})
	}
}

// Of two concurrent chunks at one offset, the file contains one or the other.
func TestConcurrentChunksAreNeverMixed(t *testing.T) {
	const size = 1 << 20
	h := start(t, nil)
	path := h.create(size)
	answers := make([]answer, 6)
	var ready, ended sync.WaitGroup
	ready.Add(len(answers))
	for n := range answers {
		ended.Go(func() {
			chunk := strings.Repeat(string(rune('a'+n)), size)
			ready.Done()
			ready.Wait()
			answers[n] = h.do(checked(patch(path, 0, chunk), sha256Of(chunk)))
		})
	}
	ended.Wait()
	refused := 0
	for _, a := range answers {
		if a.status == http.StatusConflict || a.status == http.StatusLocked {
			refused++
		} else {
			h.want(a, http.StatusNoContent, "")
		}
	}
	if refused < len(answers)-1 {
		t.Errorf("%d of %d chunks were rejected, want all but one at least", refused, len(answers))
	}
	stored := h.stored(path)
	if len(stored) == 0 || len(bytes.Trim(stored, string(stored[:1]))) != 0 {
		t.Errorf("%d bytes of more than one chunk are stored", len(stored))
	}
}

func TestABodyOfOneByteASecondTimesOutAndIsKept(t *testing.T) {
	for name, headers := range map[string]string{"plain": "", "with a checksum": "\r\nUpload-Checksum: " + sha256Of("x")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, func(c *intake.Config) { c.RateWindow = time.Second })
			path := h.create(1 << 20)
			conn := h.raw(path, "Upload-Offset: 0\r\nContent-Length: 1048576"+headers, "x")
			sent := make(chan int, 1)
			go func() { sent <- drip(conn, time.Second) }()
			text, err := io.ReadAll(conn) // ends when the server closes
			if !strings.HasPrefix(string(text), "HTTP/1.1 408") {
				t.Fatalf("got %q, %v, want 408", text, err)
			}
			_ = conn.Close()
			dripped := <-sent
			// The lock is released at once.
			a := h.want(h.do(head(path)), http.StatusOK, "")
			kept := a.header.Get(tusproto.HeaderOffset)
			if dripped < 1 || kept == "0" {
				t.Fatalf("offset %s after %d single bytes", kept, dripped)
			}
			var offset int
			_, err = fmt.Sscan(kept, &offset)
			h.must(err)
			h.want(h.do(patch(path, offset, strings.Repeat("x", 1<<20-offset))), http.StatusNoContent, "")
			h.wantState(path, library.StateChecking)
		})
	}
}

// drip sends single bytes until a write fails, and returns how many it sent.
func drip(conn net.Conn, every time.Duration) (sent int) {
	for tick := time.NewTicker(every); ; sent++ {
		<-tick.C
		if _, err := conn.Write([]byte("x")); err != nil {
			tick.Stop()
			return sent
		}
	}
}

// Clients die at every point: before the first byte, during a chunk, during a chunk
// with a checksum, between chunks, and with a lost file.
func TestKilledClientsLeaveNothing(t *testing.T) {
	const clients = 100
	h := start(t, nil)
	now := h.clock()
	lost := 0
	for n := range clients {
		path := h.create(5, pair("key", fmt.Sprint(n)))
		switch n % 5 {
		case 0:
		case 1:
			lost += h.kill(h.stalled(path, "hel"))
		case 2:
			lost += h.kill(h.half(path))
		case 3:
			h.want(h.do(patch(path, 0, "hel")), http.StatusNoContent, "")
		case 4: // and the store lost the file
			h.must(os.Remove(filepath.Join(h.root, "uploads", idOf(path))))
		}
	}
	if lost != 2*clients/5 {
		t.Fatalf("%d clients were killed in the middle of a chunk", lost)
	}
	living := h.create(5)
	h.want(h.do(patch(living, 0, "hello")), http.StatusNoContent, "")

	now.Add(int64(23 * time.Hour))
	h.must(h.intake.Reconcile(t.Context()))
	h.wantUnfinished(clients) // not before they expire
	now.Add(int64(2 * time.Hour))
	for deadline := time.Now().Add(20 * time.Second); h.unfinished() > 0 && time.Now().Before(deadline); {
		h.must(h.intake.Reconcile(t.Context())) // the last requests may not have released their locks yet
	}
	h.wantUnfinished(0)
	h.wantFiles(1)
	h.wantState(living, library.StateChecking)
	if left := h.intake.RunningDigests(); left != 0 {
		t.Errorf("%d running digests are left", left)
	}
}

// kill resets a client's connection and returns 1, the number of killed clients.
func (h *harness) kill(conn net.Conn) int {
	h.Helper()
	h.must(conn.(*net.TCPConn).SetLinger(0))
	h.must(conn.Close())
	return 1
}

func (h *harness) unfinished() int {
	h.Helper()
	list, err := h.library.Unfinished(h.Context(), time.Now().Add(time.Hour), library.Cursor{}, 1000)
	h.must(err)
	return len(list)
}

func (h *harness) wantUnfinished(want int) {
	h.Helper()
	if got := h.unfinished(); got != want {
		h.Errorf("%d uploads are unfinished, want %d", got, want)
	}
}
