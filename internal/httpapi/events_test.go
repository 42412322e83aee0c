package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// event is one block of a stream: its fields, or its comment under the empty name.
type event map[string]string

func (e event) state(t *testing.T) string {
	t.Helper()
	var body struct {
		State string `json:"state"`
	}
	if err := json.Unmarshal([]byte(e["data"]), &body); err != nil {
		t.Fatalf("%v: %v", err, e)
	}
	return body.State
}

// watcher reads a stream.
type watcher struct {
	t      testing.TB
	resp   *http.Response
	events chan event // closed at the stream's end
	cancel context.CancelFunc
}

// watch opens a stream of the fixture's upload as a client.
func (w *world) watch(token string, headers ...string) *watcher {
	w.t.Helper()
	return w.watchPath("/v1/uploads/"+uploadID+"/events", token, headers...)
}

func (w *world) watchPath(path, token string, headers ...string) *watcher {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	s := &watcher{t: w.t, resp: resp, events: make(chan event), cancel: cancel}
	go s.read()
	w.t.Cleanup(s.close)
	return s
}

func (s *watcher) close() {
	s.cancel()
	for range s.events {
	}
	_ = s.resp.Body.Close()
}

func (s *watcher) read() {
	defer close(s.events)
	current := event{}
	for lines := bufio.NewScanner(s.resp.Body); lines.Scan(); {
		if name, value, isField := strings.Cut(lines.Text(), ":"); isField {
			current[name] = strings.TrimPrefix(value, " ")
			continue
		}
		s.events <- current
		current = event{}
	}
}

// next waits for the next event.
func (s *watcher) next() event {
	s.t.Helper()
	select {
	case e, open := <-s.events:
		if !open {
			s.t.Fatal("the stream has ended")
		}
		return e
	case <-time.After(patience):
		s.t.Fatal("no event came")
	}
	return nil
}

// nextState waits for the next event with data, past comments.
func (s *watcher) nextState() event {
	s.t.Helper()
	for {
		if e := s.next(); e["data"] != "" {
			return e
		}
	}
}

// ends waits for the end, past comments.
func (s *watcher) ends() {
	s.t.Helper()
	for {
		select {
		case e, open := <-s.events:
			if !open {
				return
			}
			if e["data"] != "" {
				s.t.Fatalf("an event in place of the end: %v", e)
			}
		case <-time.After(patience):
			s.t.Fatal("the stream did not end")
		}
	}
}

func await(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("%s: nothing in %v", what, patience)
	}
}

// calm sends no heartbeat and does not poll during a test; quick polls at once.
func calm(c *httpapi.Config)  { *c = c.WithTiming(time.Hour, time.Hour, patience) }
func quick(c *httpapi.Config) { *c = c.WithTiming(time.Hour, 5*time.Millisecond, patience) }

func TestStreamSendsTheStateAndEachChange(t *testing.T) {
	w := newWorld(t, calm)
	s := w.watch("ada")
	if got := s.resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("type %q", got)
	}
	if got := s.resp.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("cache %q", got)
	}
	first := s.next()
	if first["id"] != "1" || first.state(t) != "uploading" {
		t.Errorf("first %v", first)
	}
	for i, state := range []library.State{library.StateChecking, library.StateRelaying} {
		w.library.change(func(u *library.Upload) { u.State = state })
		if e := s.next(); e.state(t) != string(state) || e["id"] != []string{"2", "3"}[i] {
			t.Errorf("got %v, want %s", e, state)
		}
	}
	w.library.change(func(u *library.Upload) { u.State, u.AssetID = library.StateDone, assetID })
	if e := s.next(); e.state(t) != "done" || !strings.Contains(e["data"], "1037543291543636") {
		t.Errorf("last %v", e)
	}
	s.ends()
	await(t, "the subscription's end", w.library.left)
}

func TestReconnectedStreamRepeatsNothing(t *testing.T) {
	w := newWorld(t, calm)
	w.library.upload.State = library.StateChecking
	s := w.watch("ada", "Last-Event-ID: 1")
	if e := s.next(); e["data"] != "" {
		t.Fatalf("the known state came again: %v", e)
	}
	w.library.change(func(u *library.Upload) { u.State = library.StateRelaying })
	if e := s.next(); e["id"] != "2" {
		t.Errorf("got %v, want version 2", e)
	}
	behind := w.watch("ada", "Last-Event-ID: 1")
	if e := behind.next(); e["id"] != "2" {
		t.Errorf("who missed version 2 got %v", e)
	}
	confused := w.watch("ada", "Last-Event-ID: yesterday")
	if e := confused.next(); e["id"] != "2" {
		t.Errorf("an unreadable id got %v", e)
	}
}

// While bytes arrive the offset moves and the version does not.
func TestReconnectedStreamSendsTheOffsetWhileUploading(t *testing.T) {
	w := newWorld(t, calm)
	s := w.watch("ada", "Last-Event-ID: 1")
	if e := s.next(); e.state(t) != "uploading" {
		t.Errorf("got %v, want the current state", e)
	}
}

func TestStreamOfAnEndedUpload(t *testing.T) {
	w := newWorld(t, calm)
	w.library.upload.State, w.library.upload.Version = library.StateRefused, 7
	s := w.watch("ada")
	if e := s.next(); e.state(t) != "refused" {
		t.Errorf("got %v", e)
	}
	s.ends()
	again := w.ask("GET", "/v1/uploads/"+uploadID+"/events", "ada", "Last-Event-ID: 7")
	if again.StatusCode != 204 || again.body != "" {
		t.Errorf("who has heard the end got %d %q, want 204", again.StatusCode, again.body)
	}
}

func TestStreamSendsChangesByAnotherReplica(t *testing.T) {
	w := newWorld(t, quick)
	s := w.watch("ada")
	s.nextState()
	w.library.changeElsewhere(func(u *library.Upload) { u.State = library.StateFailed })
	if e := s.nextState(); e.state(t) != "failed" {
		t.Errorf("got %v", e)
	}
	s.ends()
}

func TestStreamSendsTheOffset(t *testing.T) {
	w := newWorld(t, quick)
	s := w.watch("ada")
	s.nextState()
	w.library.arrive(800)
	if e := s.nextState(); !strings.Contains(e["data"], `"offset":800`) || e["id"] != "1" {
		t.Errorf("got %v, want offset 800 of version 1", e)
	}
}

func TestOffsetIsSentOnceForEachPoll(t *testing.T) {
	w := newWorld(t, calm)
	s := w.watch("ada")
	s.next()
	w.library.arrive(800)
	w.library.changes <- struct{}{} // a hint without a new version
	w.library.arrive(900)
	w.library.change(func(u *library.Upload) { u.State = library.StateChecking })
	if e := s.next(); e.state(t) != "checking" {
		t.Errorf("got %v: an offset alone must wait for the poll", e)
	}
}

// While the store is unavailable, the state of an unfinished upload is not known. That is
// a passing fault, and no stream ends by it.
func TestAnUnknownOffsetIsNoEnd(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { *c = c.WithTiming(time.Millisecond, time.Millisecond, patience) })
	s := w.watch("ada")
	s.nextState()
	w.library.leave(fmt.Errorf("%w: /var/lib/canary", problem.OffsetUnknown()))
	for _, path := range []string{"", "/events"} {
		r := w.ask("GET", "/v1/uploads/"+uploadID+path, "ada")
		wantProblem(t, r, 503, "unavailable")
		if r.Header.Get("Retry-After") == "" || strings.Contains(r.body, "canary") {
			t.Errorf("Retry-After %q, %s", r.Header.Get("Retry-After"), r.body)
		}
	}
	for range 10 {
		if e := s.next(); e["data"] != "" {
			t.Errorf("got %v, want a comment", e)
		}
	}
	w.library.arrive(800)
	w.library.leave(nil)
	if e := s.nextState(); !strings.Contains(e["data"], `"offset":800`) {
		t.Errorf("got %v, want offset 800", e)
	}
}

func TestIdleStreamSendsHeartbeats(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { *c = c.WithTiming(5*time.Millisecond, time.Hour, patience) })
	s := w.watch("ada")
	s.nextState()
	for range 2 {
		if e := s.next(); e[""] == "" || e["data"] != "" {
			t.Errorf("got %v, want a comment", e)
		}
	}
}

func TestStreamEndsWithItsClient(t *testing.T) {
	w := newWorld(t, calm)
	s := w.watch("ada")
	s.next()
	s.cancel()
	await(t, "the subscription's end", w.library.left)
}

func TestStreamEndsWithItsToken(t *testing.T) {
	ends := time.Now().Add(200 * time.Millisecond)
	w := newWorld(t, func(c *httpapi.Config) {
		calm(c)
		c.Verifier = tokens{"short": {Subject: "ada", Channel: "acme", Scopes: []string{"upload"}, ExpiresAt: ends.Add(-auth.Leeway)}}
	})
	s := w.watch("short")
	s.next()
	s.ends()
	if early := time.Until(ends); early > 0 {
		t.Errorf("it ended %v before the token", early)
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	w := newWorld(t, calm)
	handler, err := httpapi.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	stopping, stop := context.WithCancel(context.Background())
	defer stop()
	server := httptest.NewUnstartedServer(handler)
	server.Config.BaseContext = func(net.Listener) context.Context { return stopping }
	server.Start()
	defer server.Close()
	w.url = server.URL
	s := w.watch("ada")
	s.next()
	stop()
	s.ends()
	await(t, "the subscription's end", w.library.left)
}

func TestStreamEndsWhenItsUploadIsDeleted(t *testing.T) {
	w := newWorld(t, quick)
	s := w.watch("ada")
	s.nextState()
	w.library.changeElsewhere(func(u *library.Upload) { u.ID = "another" })
	s.ends()
}

func TestStreamEndsIfItsClientDoesNotRead(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { *c = c.WithTiming(time.Hour, time.Hour, 100*time.Millisecond) })
	// More than the socket buffers of both sides take.
	w.library.upload.Problem = &library.Problem{Detail: strings.Repeat("x", 32<<20)}
	conn, _ := w.raw("GET /v1/uploads/" + uploadID + "/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\n\r\n")
	defer conn.Close()
	await(t, "the subscription's begin", w.library.watching)
	await(t, "the subscription's end", w.library.left)
}

func TestStreamSendsHeadersBeforeTheFirstChange(t *testing.T) {
	w := newWorld(t, calm)
	w.library.upload.State = library.StateChecking
	conn, reader := w.raw("GET /v1/uploads/" + uploadID + "/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nLast-Event-ID: 1\r\n\r\n")
	defer conn.Close()
	resp, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	comment := make([]byte, 1)
	if _, err := io.ReadFull(resp.Body, comment); err != nil || comment[0] != ':' {
		t.Errorf("%q, %v", comment, err)
	}
}
