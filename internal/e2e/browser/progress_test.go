package browser

import (
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// The row shows what the server has and what is in flight, whatever happens to the
// connections.
func TestProgressIsAccurateOverTwentyDisconnects(t *testing.T) {
	stage.LongTest(t)
	t.Parallel()
	const cuts, each = 20, 200_000
	s := browserstage.New(t)
	s.Proxy.SetRate(1 << 20)
	cut := s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: proxy.LargerThan(each), Times: cuts, Act: proxy.CutAfter(each)})
	content := s.Begin("notes.txt", 8<<20)
	s.Evaluate(`sampleRow("notes.txt")`)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	wantMonotonicProgress(s)
	wantProgressMatchesRequests(s)
	if happened := s.Proxy.Fired(cut); happened != cuts {
		t.Errorf("%d cuts, want %d", happened, cuts)
	}
}

// progressSample is what a row showed at a moment.
type progressSample struct {
	At      int64
	State   string
	Text    string
	Percent float64
}

// wantMonotonicProgress wants the bar never to move back, and to reach 100 only when the
// file is done.
func wantMonotonicProgress(s *browserstage.Stage) {
	s.Helper()
	highest := -1.0
	samples := browserstage.Value[[]progressSample](s, `samples`)
	if len(samples) < 10 {
		s.Fatalf("only %d samples", len(samples))
	}
	for _, now := range samples {
		if now.Percent < 0 {
			continue // a row without a bar
		}
		if now.Percent < highest {
			s.Errorf("the bar moved from %v back to %v", highest, now.Percent)
		}
		if now.Percent >= 100 && now.State != "done" {
			s.Errorf("the bar says 100 while the file is %s", now.State)
		}
		highest = now.Percent
	}
}

// wantProgressMatchesRequests compares each event with the requests at that moment: no
// byte is shown as acknowledged before an answer acknowledged it, and none is shown beyond
// the chunk in flight.
func wantProgressMatchesRequests(s *browserstage.Stage) {
	s.Helper()
	requests := s.Proxy.Requests()
	events := s.Events("upload-progress")
	if len(events) == 0 {
		s.Fatal("no upload-progress event")
	}
	last := browserstage.Event{}
	for _, event := range events {
		acknowledged, possible := progressAt(requests, time.UnixMilli(event.At))
		if event.Accepted > acknowledged {
			s.Errorf("%d bytes are shown as accepted, and %d were", event.Accepted, acknowledged)
		}
		if event.Shown > possible {
			s.Errorf("%d bytes are shown, and at most %d can have been sent", event.Shown, possible)
		}
		if event.Shown < last.Shown || event.Accepted < last.Accepted {
			s.Errorf("progress moved back from %+v to %+v", last, event)
		}
		last = event
	}
}

// progressAt returns how many bytes of the upload were acknowledged by a time, and how far
// the furthest started chunk reached. A browser's clock counts milliseconds.
func progressAt(requests []proxy.Request, at time.Time) (acknowledged, possible int64) {
	at = at.Add(time.Millisecond)
	for _, r := range requests {
		if r.ResponseOffset > 0 && r.Answered.Before(at) {
			acknowledged = max(acknowledged, r.ResponseOffset)
		}
		// Bytes leave the page a little before the proxy sees their request.
		if r.Length > 0 && r.Began.Before(at.Add(time.Second)) {
			possible = max(possible, max(0, r.Offset)+r.Length)
		}
	}
	return acknowledged, max(acknowledged, possible)
}
