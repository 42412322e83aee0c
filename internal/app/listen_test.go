package app_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/app"
	"mediarelay/internal/e2e/stage"
)

// Clients whose headers never end hold no place: the server closes each of many such
// connections, and serves other clients meanwhile.
func TestSlowHeadersAreCutOff(t *testing.T) {
	served := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(nil)
	server.Config = app.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served <- struct{}{} }))
	if server.Config.ReadHeaderTimeout != app.ReadHeaderTimeout {
		t.Fatalf("headers may take %v", server.Config.ReadHeaderTimeout)
	}
	server.Config.ReadHeaderTimeout /= 20 // half a second, to keep the test short
	server.Start()
	defer server.Close()
	const clients = 20
	cut := make(chan int, clients)
	for range clients {
		go func() { cut <- dripHeaders(t, server.Listener.Addr().String()) }()
	}
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatalf("another client: %v", err)
	}
	_ = answer.Body.Close()
	<-served
	for range clients {
		if sent := <-cut; sent < 2 {
			t.Errorf("hung up after %d bytes, before the client was slow", sent)
		}
	}
	if len(served) > 0 {
		t.Error("a request without an end of its headers was served")
	}
}

// dripHeaders sends a byte of a header now and then until the server hangs up, and returns
// how many bytes it took.
func dripHeaders(t *testing.T, address string) int {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /files/ HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Error(err)
	}
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, conn); close(ended) }()
	for sent := 0; ; sent++ {
		select {
		case <-ended:
			return sent
		case <-time.After(50 * time.Millisecond):
		}
		if _, err := conn.Write([]byte("x")); err != nil {
			<-ended
			return sent
		}
	}
}

// secure serves a handler over HTTP/2 with the settings of a real server.
func secure(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config = app.NewServer(h)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// The waiting upload sends 2 MiB that are never read: more than the window of the whole
// connection would be without http2Windows.
func TestWaitingUploadDoesNotStarveItsConnection(t *testing.T) {
	release := make(chan struct{})
	waiting := make(chan struct{})
	s := secure(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/waits" {
			close(waiting)
			<-release
			return
		}
		n, err := io.Copy(io.Discard, r.Body)
		if r.ProtoMajor != 2 || n != 2<<20 || err != nil {
			t.Errorf("HTTP/%d, %d bytes, %v", r.ProtoMajor, n, err)
		}
	}))
	client := s.Client()
	client.Timeout = stage.Timeout
	ended := make(chan error, 1)
	go func() { ended <- put(client, s.URL+"/waits") }()
	<-waiting
	if err := put(client, s.URL+"/reads"); err != nil {
		t.Errorf("the neighbour: %v", err)
	}
	close(release)
	<-ended
}

func put(client *http.Client, url string) error {
	r, err := http.NewRequest(http.MethodPut, url, io.LimitReader(zeros{}, 2<<20))
	if err != nil {
		return err
	}
	r.ContentLength = 2 << 20
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestShutdownCancelsRequests(t *testing.T) {
	begun, cause := make(chan struct{}), make(chan error, 1)
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		cause <- context.Cause(r.Context())
	})
	s := httptest.NewUnstartedServer(h)
	s.Config = app.NewServer(h)
	s.Start()
	defer s.Close()
	go func() {
		if answer, err := http.Get(s.URL); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-begun
	if err := app.ShutDown(s.Config); err != nil {
		t.Error(err)
	}
	if err := <-cause; !errors.Is(err, handler.ErrServerShutdown) {
		t.Errorf("the request heard %v", err)
	}
}

// Without a deadline of our own, net/http would read the body of a rejected request
// indefinitely.
func TestMissingBodyTimesOut(t *testing.T) {
	refusing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	server := httptest.NewServer(app.WithBodyDeadline(refusing, 100*time.Millisecond))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /files/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(stage.Timeout)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn) // ends when the server closes
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 401") {
		t.Errorf("got %q, %v, want the refusal and an end", answer, err)
	}
}

// A server that stops as configured has released its SQLite file before the next one
// gives up.
func TestTheTakeOverOutlastsTheStop(t *testing.T) {
	for delay, want := range map[time.Duration]time.Duration{
		0:                35 * time.Second, // the previous server may have had another delay
		5 * time.Second:  35 * time.Second,
		13 * time.Second: 40 * time.Second,
		time.Minute:      87 * time.Second,
	} {
		if got := app.TakeoverTimeout(delay); got != want || got < delay+app.StopTimeout {
			t.Errorf("with a shutdown delay of %v a start waits %v, want %v", delay, got, want)
		}
	}
}
