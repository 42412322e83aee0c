package main

import (
	"net/http"
	"testing"
	"time"
)

// The line between browser and server breaks in every way that lines do. Each
// time the file arrives whole, as one upload that goes on where the server
// stands, and nobody is shown an error.

// Which byte of a body is meant.
var bytesOfBody = []struct {
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
	meets match
}{
	{"the creation", creation},
	{"a later chunk", method(http.MethodPatch)},
}

func TestAConnectionIsCutBeforeAnyByte(t *testing.T) {
	for _, request := range requestsWithBytes {
		for _, which := range bytesOfBody {
			t.Run(request.name+" before "+which.name, func(t *testing.T) {
				t.Parallel()
				s := onStage(t)
				s.proxy.wrong(&fault{name: "a cut", meets: request.meets, times: 1, act: cutAtOf(which.at)})
				s.sendThrough(3 << 20)
				s.wantOffsetOfWhatCame(which.at)
			})
		}
	}
}

func TestAConnectionIsReset(t *testing.T) {
	for _, request := range requestsWithBytes {
		for _, which := range bytesOfBody[2:] {
			t.Run(request.name+" before "+which.name, func(t *testing.T) {
				t.Parallel()
				s := onStage(t)
				s.proxy.wrong(&fault{name: "a reset", meets: request.meets, times: 1, act: resetAfter(which.at)})
				s.sendThrough(3 << 20)
				s.wantOffsetOfWhatCame(which.at)
			})
		}
	}
}

func TestAnAnswerIsLost(t *testing.T) {
	const size = 8 << 20
	for _, answer := range []struct {
		name  string
		meets match
	}{
		{"of the creation", creation},
		{"of a chunk in the middle", nth(2, bytesOfFile)},
		{"of the last chunk", lastChunk(size)},
		{"of a question for the offset", method(http.MethodHead)},
	} {
		t.Run(answer.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			if answer.name == "of a question for the offset" {
				s.proxy.wrong(&fault{name: "a cut", meets: method(http.MethodPatch), times: 1, act: cutAfter(1000)})
			}
			s.proxy.wrong(&fault{name: "a lost answer", meets: answer.meets, times: 1, act: loseAnswer})
			s.sendThrough(size)
			if uploads := s.backstage.held(); len(uploads) != 1 {
				t.Errorf("the server knows %d uploads, want 1: %+v", len(uploads), uploads)
			}
		})
	}
}

// A browser repeats a request by itself that fails on a connection which it has
// used before: the server gets the whole creation twice, and the chunk too.
func TestARequestThatTheBrowserRepeatsByItself(t *testing.T) {
	for _, request := range requestsWithBytes {
		t.Run(request.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			s.proxy.shut()
			s.proxy.keepAlive = true
			s.proxy.open()
			s.proxy.wrong(&fault{name: "a cut", meets: request.meets, times: 1, act: cutAfter(100_000)})
			s.sendThrough(3 << 20)
			if uploads := s.backstage.held(); len(uploads) != 1 {
				t.Errorf("the server knows %d uploads, want 1: %+v", len(uploads), uploads)
			}
		})
	}
}

// Nothing moves any more, and nothing says so.
func TestAConnectionThatStandsStillIsGivenUp(t *testing.T) {
	for _, stall := range []struct {
		name string
		act  func(*crossing)
	}{
		{"the server stops reading", stopReading},
		{"a proxy swallows the body", swallow},
		{"the link is half open", silence(100_000)},
	} {
		t.Run(stall.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			stood := s.proxy.wrong(&fault{name: stall.name, meets: method(http.MethodPatch), times: 1, act: stall.act})
			content := s.begin("notes.txt", 3<<20)
			s.within(2*patience, `told.some(event => event.Type === 'upload-stalled')`)
			s.wantStallSeenInTime(stood)
			s.wantSafe("notes.txt", content)
			s.wantNoError()
			if asked := s.requests(http.MethodHead); len(asked) == 0 || asked[0].status != http.StatusOK {
				t.Errorf("the offset was not there at the first question: %s", s.proxy.story())
			}
		})
	}
}

// A slow, long and unsteady line costs time and nothing else.
func TestASlowLineCompletesWithoutATry(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.throughToxics(
		toxic{"latency", map[string]int{"latency": 800, "jitter": 200}},
		toxic{"bandwidth", map[string]int{"rate": 64}}, // KB a second
		toxic{"slicer", map[string]int{"average_size": 1000, "size_variation": 500, "delay": 10}},
	)
	s.open(s.token(time.Hour))
	s.forMessages(true)
	content := notes(400 << 10)
	s.evaluate(`sampleRow("notes.txt")`)
	s.drop(s.file("notes.txt", content))
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantForwardOnly()
	if tries := s.told("upload-retry", "upload-stalled", "upload-error"); len(tries) > 0 {
		t.Errorf("it was tried again: %+v", tries)
	}
	s.wantSentAtMost(int64(len(content)))
}

// What the row shows is what the server has and what is on its way, whatever
// becomes of the connections.
func TestProgressTellsTheTruthOverTwentyCuts(t *testing.T) {
	t.Parallel()
	const cuts, each = 20, 200_000
	s := onStage(t)
	s.proxy.slow(1 << 20)
	cut := s.proxy.wrong(&fault{name: "a cut", meets: largerThan(each), times: cuts, act: cutAfter(each)})
	content := s.begin("notes.txt", 8<<20)
	s.evaluate(`sampleRow("notes.txt")`)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	s.wantForwardOnly()
	s.wantShownToBeTrue()
	if happened := s.proxy.happened(cut); happened != cuts {
		t.Errorf("%d cuts, want %d", happened, cuts)
	}
}

// begin drops a file for messages on the page.
func (s *stage) begin(name string, size int) []byte {
	s.Helper()
	s.openForMessages()
	content := notes(size)
	s.drop(s.file(name, content))
	return content
}

// sendThrough sends a file through what the script holds, to its end.
func (s *stage) sendThrough(size int) {
	s.Helper()
	content := s.begin("notes.txt", size)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
}

func (s *stage) requests(method string) []passed {
	s.Helper()
	var list []passed
	for _, r := range s.proxy.seen() {
		if r.method == method {
			list = append(list, r)
		}
	}
	return list
}

// wantOffsetOfWhatCame wants the first answer after a request that was cut to report
// no byte that the server never got, and none less than it had acknowledged. (It may be
// fewer than it got: the question for the offset ends a chunk that is still being read.)
func (s *stage) wantOffsetOfWhatCame(at func(int64) int64) {
	s.Helper()
	from, to := int64(-1), int64(-1)
	for _, r := range s.proxy.seen() {
		switch {
		case to < 0 && r.status == 0 && r.length > 0:
			from = max(0, r.offset)
			to = from + at(r.length)
		case to >= 0 && r.method == http.MethodHead && r.reached >= 0:
			if r.reached < from || r.reached > to {
				s.Errorf("after the cut the server says %d, want %d to %d", r.reached, from, to)
			}
			return
		}
	}
	s.Errorf("the offset was not asked for after a cut: %s", s.proxy.story())
}

// wantStallSeenInTime allows the 15 s without a byte, and the page the time to say so.
func (s *stage) wantStallSeenInTime(stall *fault) {
	s.Helper()
	seen := time.UnixMilli(s.told("upload-stalled")[0].At)
	if took := seen.Sub(stall.first); took > 20*time.Second {
		s.Errorf("the stall was seen after %v", took)
	}
}

// shown is what a row showed at a moment.
type shown struct {
	At      int64
	State   string
	Text    string
	Percent float64
}

// wantForwardOnly wants the bar of every sample to stand where it stood or
// further on, and at 100 only when the file is done.
func (s *stage) wantForwardOnly() {
	s.Helper()
	highest := -1.0
	samples := value[[]shown](s, `samples`)
	if len(samples) < 10 {
		s.Fatalf("only %d samples", len(samples))
	}
	for _, now := range samples {
		if now.Percent < 0 {
			continue // a row without a bar
		}
		if now.Percent < highest {
			s.Errorf("the bar ran from %v back to %v", highest, now.Percent)
		}
		if now.Percent >= 100 && now.State != "done" {
			s.Errorf("the bar says 100 while the file is %s", now.State)
		}
		highest = now.Percent
	}
}

// wantShownToBeTrue compares each event with what the proxy knows of that moment:
// no byte shown as acknowledged that no answer had acknowledged, and none shown
// beyond the chunk that was on its way.
func (s *stage) wantShownToBeTrue() {
	s.Helper()
	requests := s.proxy.seen()
	events := s.told("upload-progress")
	if len(events) == 0 {
		s.Fatal("no progress was told")
	}
	last := told{}
	for _, event := range events {
		acknowledged, possible := knownAt(requests, time.UnixMilli(event.At))
		if event.Accepted > acknowledged {
			s.Errorf("%d bytes are shown as accepted, and %d were", event.Accepted, acknowledged)
		}
		if event.Shown > possible {
			s.Errorf("%d bytes are shown, and %d can have left", event.Shown, possible)
		}
		if event.Shown < last.Shown || event.Accepted < last.Accepted {
			s.Errorf("progress ran back from %+v to %+v", last, event)
		}
		last = event
	}
}

// knownAt says how many bytes of the one upload were acknowledged by a time, and how
// far the furthest chunk reached that had begun. A browser's clock counts milliseconds.
func knownAt(requests []passed, at time.Time) (acknowledged, possible int64) {
	at = at.Add(time.Millisecond)
	for _, r := range requests {
		if r.reached > 0 && r.answered.Before(at) {
			acknowledged = max(acknowledged, r.reached)
		}
		// Bytes leave the page a little before the proxy sees their request.
		if r.length > 0 && r.began.Before(at.Add(time.Second)) {
			possible = max(possible, max(0, r.offset)+r.length)
		}
	}
	return acknowledged, max(acknowledged, possible)
}
