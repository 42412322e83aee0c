package provider

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A client that would follow redirects is kept from it, whoever made it.
func TestAnyClientFollowsNoRedirect(t *testing.T) {
	var taken http.Header
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { taken = r.Header }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	client := &http.Client{Transport: server.Client().Transport}
	a := NewAPI(APIConfig{BaseURL: server.URL, HTTPClient: client, Header: "D360-API-KEY", Key: canary})

	err := a.Call(t.Context(), Request{Op: "GET /", Method: http.MethodGet, Path: "/"}, &okAnswer{})
	if CauseOf(err) != CauseAuth || taken != nil {
		t.Errorf("err = %v of cause %s; elsewhere got the header %v", err, CauseOf(err), taken)
	}
	if client.CheckRedirect != nil {
		t.Error("the caller's own client was changed")
	}
}

// The transport may read on after its request has ended; by then the source may
// serve another request.
func TestAClosedBodyLeavesItsSourceAlone(t *testing.T) {
	source := strings.NewReader("0123456789")
	out := newOutgoing(source, 10, func(error) {})
	_, _ = out.Read(make([]byte, 4))
	_ = out.Close()
	if n, err := out.Read(make([]byte, 4)); n != 0 || err == nil || source.Len() != 6 {
		t.Errorf("read %d bytes, %v; %d left in the source, want 6", n, err, source.Len())
	}
}

// The race detector sees a Close that does not wait.
func TestCloseWaitsForARead(t *testing.T) {
	source := &held{entered: make(chan struct{}), release: make(chan struct{})}
	out := newOutgoing(source, 2, func(error) {})
	go func() { _, _ = out.Read(make([]byte, 1)) }()
	<-source.entered
	ended := make(chan bool)
	go func() {
		_ = out.Close()
		ended <- source.ended
	}()
	close(source.release)
	if !<-ended {
		t.Error("Close did not wait for the read under way")
	}
}

// held is a source whose Read waits to be released.
type held struct {
	entered, release chan struct{}
	ended            bool
}

func (h *held) Read(p []byte) (int, error) {
	close(h.entered)
	<-h.release
	h.ended = true
	return len(p), nil
}

// A proxy may send anything in place of a few hundred bytes of JSON.
func TestAnswersAreReadUpToALimit(t *testing.T) {
	body, err := readAnswer(io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20))))
	if err != nil || len(body) != maxAnswerBytes {
		t.Errorf("read %d bytes, %v, want %d", len(body), err, maxAnswerBytes)
	}
}
