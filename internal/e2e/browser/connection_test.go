package browser

import (
	"net/http"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// bodyPositions are positions in a request body, in bytes.
var bodyPositions = []struct {
	name string
	at   func(length int64) int64
}{
	{"the first", func(int64) int64 { return 0 }},
	{"the second", func(int64) int64 { return 1 }},
	{"the middle", func(length int64) int64 { return length / 2 }},
	{"the last", func(length int64) int64 { return length - 1 }},
	{"none, after the last", func(length int64) int64 { return length }},
}

var requestsWithBytes = []struct {
	name  string
	meets proxy.Match
}{
	{"the creation", proxy.Creation},
	{"a later chunk", proxy.Method(http.MethodPatch)},
}

// The connection is closed before a byte of the body. Each time the file arrives whole, as
// one upload that resumes at the server's offset, and no error is shown.
func TestConnectionClosedBeforeAnyByte(t *testing.T) {
	for i, request := range requestsWithBytes {
		for j, which := range bodyPositions {
			t.Run(request.name+" before "+which.name, func(t *testing.T) {
				stage.Sampled(t, i+j, 3)
				t.Parallel()
				s := browserstage.New(t)
				s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: request.meets, Times: 1, Act: proxy.CutAt(which.at)})
				s.SendThrough(3 << 20)
				wantPlausibleOffset(s, which.at)
			})
		}
	}
}

// The same with a TCP reset.
func TestConnectionReset(t *testing.T) {
	for i, request := range requestsWithBytes {
		for j, which := range bodyPositions[2:] {
			t.Run(request.name+" before "+which.name, func(t *testing.T) {
				stage.Sampled(t, i+j, 3)
				t.Parallel()
				s := browserstage.New(t)
				s.Proxy.Add(&proxy.Fault{Name: "a reset", Match: request.meets, Times: 1, Act: proxy.ResetAt(which.at)})
				s.SendThrough(3 << 20)
				wantPlausibleOffset(s, which.at)
			})
		}
	}
}

// The server processes a request, and its response is lost.
func TestLostResponse(t *testing.T) {
	const size = 8 << 20
	for i, answer := range []struct {
		name  string
		meets proxy.Match
	}{
		{"of the creation", proxy.Creation},
		{"of a chunk in the middle", proxy.Nth(2, proxy.FileBytes)},
		{"of the last chunk", proxy.LastChunk(size)},
		{"of a request for the offset", proxy.Method(http.MethodHead)},
	} {
		t.Run(answer.name, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			s := browserstage.New(t)
			if answer.name == "of a request for the offset" {
				s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: proxy.Method(http.MethodPatch), Times: 1, Act: proxy.CutAfter(1000)})
			}
			s.Proxy.Add(&proxy.Fault{Name: "a lost answer", Match: answer.meets, Times: 1, Act: proxy.LoseResponse})
			s.SendThrough(size)
			if uploads := s.Server.Uploads(); len(uploads) != 1 {
				t.Errorf("the server knows %d uploads, want 1: %+v", len(uploads), uploads)
			}
		})
	}
}

// A browser repeats a request that fails on a reused connection by itself: the server gets
// the whole creation twice, or the chunk.
func TestRequestRepeatedByTheBrowser(t *testing.T) {
	for _, request := range requestsWithBytes {
		t.Run(request.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.New(t)
			s.Proxy.Stop()
			s.Proxy.KeepAlive = true
			s.Proxy.Start()
			s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: request.meets, Times: 1, Act: proxy.CutAfter(100_000)})
			s.SendThrough(3 << 20)
			if uploads := s.Server.Uploads(); len(uploads) != 1 {
				t.Errorf("the server knows %d uploads, want 1: %+v", len(uploads), uploads)
			}
		})
	}
}

// A connection stalls without an error.
func TestStalledConnectionIsAborted(t *testing.T) {
	for i, stall := range []struct {
		name string
		act  func(*proxy.Exchange)
	}{
		{"the server stops reading", proxy.StopReading},
		{"a proxy swallows the body", proxy.SwallowBody},
		{"the link is half open", proxy.Stall(100_000)},
	} {
		t.Run(stall.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			s := browserstage.New(t)
			stood := s.Proxy.Add(&proxy.Fault{Name: stall.name, Match: proxy.Method(http.MethodPatch), Times: 1, Act: stall.act})
			content := s.Begin("notes.txt", 3<<20)
			s.Within(2*stage.Timeout, `told.some(event => event.Type === 'upload-stalled')`)
			wantStallDetectedInTime(s, stood)
			s.WantIntact("notes.txt", content)
			s.WantNoError()
			if asked := s.RequestsWith(http.MethodHead); len(asked) == 0 || asked[0].Status != http.StatusOK {
				t.Errorf("the first HEAD did not return the offset: %s", s.Proxy.Story())
			}
		})
	}
}

// A slow connection with high and varying latency costs time and no retry.
func TestSlowConnectionNeedsNoRetry(t *testing.T) {
	stage.LongTest(t)
	t.Parallel()
	s := browserstage.New(t)
	addToxics(s,
		toxic{"latency", map[string]int{"latency": 800, "jitter": 200}},
		toxic{"bandwidth", map[string]int{"rate": 64}}, // KB a second
		toxic{"slicer", map[string]int{"average_size": 1000, "size_variation": 500, "delay": 10}},
	)
	s.Open(s.Token(time.Hour))
	s.ForMessages(true)
	content := stage.Notes(400 << 10)
	s.Evaluate(`sampleRow("notes.txt")`)
	s.Drop(s.File("notes.txt", content))
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	wantMonotonicProgress(s)
	if tries := s.Events("upload-retry", "upload-stalled", "upload-error"); len(tries) > 0 {
		t.Errorf("it was retried: %+v", tries)
	}
	s.WantSentAtMost(int64(len(content)))
}

// wantPlausibleOffset checks the first offset that the server reports after a cut: no byte
// more than it received, and none less than it had acknowledged. It may be fewer than it
// received, since the HEAD ends a chunk that is still being read.
func wantPlausibleOffset(s *browserstage.Stage, at func(int64) int64) {
	s.Helper()
	from, to := int64(-1), int64(-1)
	for _, r := range s.Proxy.Requests() {
		switch {
		case to < 0 && r.Status == 0 && r.Length > 0:
			from = max(0, r.Offset)
			to = from + at(r.Length)
		case to >= 0 && r.Method == http.MethodHead && r.ResponseOffset >= 0:
			if r.ResponseOffset < from || r.ResponseOffset > to {
				s.Errorf("after the cut the server reports %d, want %d to %d", r.ResponseOffset, from, to)
			}
			return
		}
	}
	s.Errorf("no offset was requested after a cut: %s", s.Proxy.Story())
}

// wantStallDetectedInTime allows the 15 s without a byte, and time for the page to show
// it.
func wantStallDetectedInTime(s *browserstage.Stage, stall *proxy.Fault) {
	s.Helper()
	seen := time.UnixMilli(s.Events("upload-stalled")[0].At)
	if took := seen.Sub(stall.FirstFired); took > 20*time.Second {
		s.Errorf("the stall was seen after %v", took)
	}
}
