package provider

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestCheckBaseURL(t *testing.T) {
	for raw, ok := range map[string]bool{
		"https://waba-v2.360dialog.io":   true,
		"https://gateway.example.com/wa": true,
		"http://127.0.0.1:8080":          true,
		"http://localhost:8080":          true,
		"http://[::1]:8080":              true,
		"http://waba-v2.360dialog.io":    false,
		"http://localhost.example.com":   false,
		"ftp://example.com":              false,
		"waba-v2.360dialog.io":           false,
		"https://user:pass@example.com":  false,
		"https://example.com?key=1":      false,
		"https://":                       false,
		"":                               false,
	} {
		if err := CheckBaseURL(raw); (err == nil) != ok {
			t.Errorf("CheckBaseURL(%q) = %v, want ok = %t", raw, err, ok)
		}
	}
}

// The transport itself checks it, since not every request comes from an API.
func TestTransportRequiresHTTPS(t *testing.T) {
	_, err := NewHTTPClient().Post("http://example.com/", "text/plain", strings.NewReader("x"))
	if !errors.Is(err, ErrNotHTTPS) {
		t.Errorf("err = %v, want %v", err, ErrNotHTTPS)
	}
}

type okAnswer struct {
	OK bool `json:"ok"`
}

func (o okAnswer) Complete() bool { return o.OK }

func TestAPICallsKeepPathAndKey(t *testing.T) {
	var line, key string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line, key = r.RequestURI, r.Header.Get("Authorization")
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	defer server.Close()
	a := NewAPI(APIConfig{BaseURL: server.URL + "/v1/", HTTPClient: server.Client(), Header: "Authorization", Scheme: "Bearer", Key: canary})

	for _, path := range []string{
		"/upload:MTphdHRhY2g+/=?sig=AR_a-b==", "/a%2Fb?c=%2B+%20&d", "//double", "/semi;colon:@&=$,'()*!",
	} {
		if err := a.Call(t.Context(), Request{Op: "GET", Method: http.MethodGet, Path: path}, &okAnswer{}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if line != "/v1"+path || key != "Bearer "+canary {
			t.Errorf("the request line names %s, want %s; key %q", line, "/v1"+path, key)
		}
	}
	for _, path := range []string{"/space here", "/fragment#x", "/quote\"", "/line\r\nbreak", "/ümlaut"} {
		line = ""
		err := a.Call(t.Context(), Request{Op: "GET", Method: http.MethodGet, Path: path}, &okAnswer{})
		if err == nil || line != "" || strings.Contains(err.Error(), path) {
			t.Errorf("%q: err = %v, request %q: it must be rejected, and the error must not contain it", path, err, line)
		}
	}
}

// An invalid certificate is an operator's to fix, and the key is not sent.
func TestAnInvalidCertificate(t *testing.T) {
	var reached bool
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake must fail
	server.StartTLS()
	defer server.Close()
	client := NewHTTPClient() // does not trust the certificate of the test
	defer client.CloseIdleConnections()
	a := NewAPI(APIConfig{BaseURL: server.URL, HTTPClient: client, Header: "D360-API-KEY", Key: canary})

	err := a.Call(t.Context(), Request{Op: "GET /", Method: http.MethodGet, Path: "/"}, &okAnswer{})
	if CauseOf(err) != CauseAuth || reached {
		t.Errorf("err = %v of cause %s, reached = %t", err, CauseOf(err), reached)
	}
}

func TestAnInvalidAddressFailsEveryRequest(t *testing.T) {
	a := NewAPI(APIConfig{BaseURL: "http://example.com", Header: "D360-API-KEY", Key: canary})
	err := a.Call(t.Context(), Request{Op: "GET /", Method: http.MethodGet, Path: "/"}, &okAnswer{})
	if !errors.Is(err, ErrNotHTTPS) || CauseOf(err) != CauseAuth {
		t.Errorf("err = %v of cause %s", err, CauseOf(err))
	}
}

// The timer runs while the API reads, and is stopped while the source is read.
func TestARequestThatStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		defer stop(nil)
		slow := &slowSource{pause: 10 * StallTimeout}
		out := NewBody(slow, 10)
		out.stalled = func() { stop(ErrStalled) }
		_, _ = out.Read(make([]byte, 1))
		if ctx.Err() != nil {
			t.Fatal("a slow source counts as a stall")
		}
		time.Sleep(StallTimeout - time.Second)
		synctest.Wait()
		if ctx.Err() != nil {
			t.Fatal("ended too early")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !errors.Is(context.Cause(ctx), ErrStalled) {
			t.Errorf("cause = %v, want %v", context.Cause(ctx), ErrStalled)
		}
	})
}

type slowSource struct{ pause time.Duration }

func (s *slowSource) Read(p []byte) (int, error) {
	time.Sleep(s.pause)
	return len(p), nil
}

func TestAResponseThatStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		defer stop(nil)
		in := &responseBody{from: silent{ctx}, ctx: ctx, stop: stop}
		if _, err := in.Read(make([]byte, 1)); !errors.Is(err, ErrStalled) {
			t.Errorf("err = %v, want %v", err, ErrStalled)
		}
	})
}

// silent is a body that blocks until the request is cancelled.
type silent struct{ ctx context.Context }

func (s silent) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (s silent) Close() error { return nil }
