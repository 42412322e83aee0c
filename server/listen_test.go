package main

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
)

// secure serves a handler by HTTP/2 with newServer's settings.
func secure(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config = newServer(h)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// The waiting upload sends 2 MiB that nobody reads: more than the window of the
// whole connection would be without http2Windows.
func TestAnUploadThatWaitsDoesNotStarveItsNeighbour(t *testing.T) {
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
	client.Timeout = patience
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

func TestRequestsHearOfTheShutdown(t *testing.T) {
	begun, cause := make(chan struct{}), make(chan error, 1)
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		cause <- context.Cause(r.Context())
	})
	s := httptest.NewUnstartedServer(h)
	s.Config = newServer(h)
	s.Start()
	defer s.Close()
	go func() {
		if answer, err := http.Get(s.URL); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-begun
	if err := shutDown(s.Config); err != nil {
		t.Error(err)
	}
	if err := <-cause; !errors.Is(err, handler.ErrServerShutdown) {
		t.Errorf("the request heard %v", err)
	}
}

// net/http reads a refused request's body on, without an end of its own.
func TestABodyThatNeverComesIsNotWaitedFor(t *testing.T) {
	refusing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	server := httptest.NewServer(withBodyDeadline(refusing, 100*time.Millisecond))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /files/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn) // ends when the server closes
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 401") {
		t.Errorf("got %q, %v, want the refusal and an end", answer, err)
	}
}
