package relay_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

// A request that never reached the provider is retried, and leaves nothing there.
func TestAProviderThatCannotBeReached(t *testing.T) {
	refuses := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "waba-v2.360dialog.io", IsNotFound: true}}
	for _, tt := range []struct {
		name string
		dial func() (net.Conn, error)
	}{
		{"no such host", func() (net.Conn, error) { return nil, refuses }},
		{"refused", func() (net.Conn, error) { return net.Dial("tcp", closedPort(t)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(h *harness) {
				line := &failing{dial: tt.dial, left: 3}
				h.client.Transport.(*http.Transport).DialContext = line.DialContext
				h.relay()
				h.finish("u1", picture(5), both...)
				p := h.awaitProblem("u1")
				if p.Reason.Code != reason.ProviderUnavailable || p.Reason.Severity == "" || !strings.HasSuffix(p.Detail, ": no response") {
					h.Errorf("problem %+v, want no address in it", p)
				}
				h.awaitState("u1", library.StateDone)
				h.wantMetric("mediarelay_relay_ambiguous_total", 0)
				h.wantCalls(sandbox.OpUploadMedia, 1)
			})
		})
	}
}

// closedPort is a local address without a listener.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A wrong certificate pauses the channel, and the key is not sent.
func TestAWrongCertificatePausesTheChannel(t *testing.T) {
	each(t, func(h *harness) {
		asked := make(chan struct{}, 100)
		impostor := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
		impostor.Config.ErrorLog = quiet
		impostor.StartTLS()
		defer impostor.Close()
		h.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS13}
		h.config.Providers["acme"] = h.account(impostor.URL, key)
		h.relay()
		h.finish("u1", picture(6), media.PurposeMessage)
		if p := h.awaitProblem("u1"); p.Reason.Code != reason.ProviderAccount {
			h.Errorf("problem %+v", p)
		}
		if len(asked) != 0 {
			h.Error("the impostor got a request, and with it the key")
		}
	})
}

// A request that is never answered times out; the provider may have the file.
func TestAProviderThatNeverAnswers(t *testing.T) {
	each(t, func(h *harness) {
		h.client.Transport.(*http.Transport).ResponseHeaderTimeout = 300 * time.Millisecond
		h.script(sandbox.OpUploadMedia, sandbox.Stall())
		h.relay()
		h.finish("u1", picture(7), media.PurposeMessage)
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 2)
		h.wantMetric("mediarelay_relay_ambiguous_total", 1)
	})
}

// A redirect is not followed to another host.
func TestAKeyIsNotTakenToAnotherHost(t *testing.T) {
	each(t, func(h *harness) {
		asked := make(chan struct{}, 100)
		thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
		defer thief.Close()
		for i, status := range []int{301, 302, 303, 307, 308} {
			h.script(sandbox.OpUploadMedia, sandbox.Redirect(status, thief.URL))
			stop := h.relay()
			id := fmt.Sprintf("u%d", i)
			h.finish(id, picture(40+i), media.PurposeMessage)
			if p := h.awaitProblem(id); p.Reason.Code != reason.ProviderAccount {
				h.Errorf("%d: problem %+v", status, p)
			}
			stop()
			h.must(h.exec("DELETE FROM circuits"))
			h.must(h.exec("DELETE FROM uploads"))
		}
		if len(asked) != 0 {
			h.Error("the other host got a request")
		}
	})
}

// failing fails the first connections.
type failing struct {
	dial func() (net.Conn, error)
	mu   sync.Mutex
	left int
}

func (f *failing) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left >= 0 {
		return f.dial()
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}
