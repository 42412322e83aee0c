package main

import (
	"strings"
	"testing"
	"time"
)

// The server cannot be reached, while the browser believes that it is online.
// The row says so and when it tries again; the network's return is enough.

func TestAnOutageIsWaitedOut(t *testing.T) {
	for _, back := range []struct {
		name, said string
		within     time.Duration
	}{
		{"the network comes back", `dispatchEvent(new Event('online'))`, 2 * time.Second},
		{"the person asks", `rowNode("notes.txt").querySelector('[data-action=retry]').click()`, 2 * time.Second},
		{"nobody says a word", ``, patienceOfPage},
	} {
		t.Run(back.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			content := s.beginOutage()
			s.until(`told.filter(event => event.Reason === 'offline').length > 2`)
			s.until(`row("notes.txt").State === "waiting"`)
			s.endOutage(back.said, back.within)
			s.wantSafe("notes.txt", content)
			s.wantOneUpload()
			s.wantNoError()
		})
	}
}

// Three minutes, as long as a router takes to come back: no try is more than 30 s
// after the one before, and the person does nothing.
func TestAnOutageOfThreeMinutesIsWaitedOut(t *testing.T) {
	long(t)
	t.Parallel()
	s := onStage(t)
	content := s.beginOutage()
	s.until(`row("notes.txt").State === "waiting"`)
	time.Sleep(3 * time.Minute) // the outage itself
	tries := s.told("upload-retry")
	if len(tries) < 6 {
		t.Errorf("only %d tries in three minutes", len(tries))
	}
	for i, try := range tries[1:] {
		if pause := time.Duration(try.At-tries[i].At) * time.Millisecond; pause > 32*time.Second {
			t.Errorf("%v between two tries", pause)
		}
	}
	s.endOutage("", 35*time.Second)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
}

// The server itself is stopped, or killed, and started again on what it has stored.
func TestAServerThatIsStartedAgainGoesOn(t *testing.T) {
	for _, end := range []struct {
		name string
		kill bool
	}{{"stopped in peace", false}, {"killed", true}} {
		t.Run(end.name, func(t *testing.T) {
			t.Parallel()
			s := onStageAs(t, setting{ownProcess: true})
			s.proxy.slow(1 << 20)
			content := s.begin("notes.txt", 4<<20)
			s.awaitBytes("notes.txt")
			s.backstage.end(end.kill)
			s.until(`row("notes.txt").State === "waiting"`)
			s.backstage.start()
			s.proxy.slow(0)
			s.evaluate(`dispatchEvent(new Event('online'))`)
			s.wantSafe("notes.txt", content)
			s.wantNoError()
			s.wantChunksFromTheOffset()
		})
	}
}

// beginOutage sends a file and takes the network away in the middle of it.
func (s *stage) beginOutage() []byte {
	s.Helper()
	s.proxy.slow(1 << 20)
	content := s.begin("notes.txt", 3<<20)
	s.awaitBytes("notes.txt")
	s.proxy.shut()
	s.until(`row("notes.txt").State === "waiting" && row("notes.txt").Text.includes("No network connection")`)
	if online := value[bool](s, `navigator.onLine`); !online {
		s.Fatal("the browser knows that it is offline, and this is about one that does not")
	}
	return content
}

// endOutage brings the network back, has it said, and wants the upload to move in time.
func (s *stage) endOutage(said string, within time.Duration) {
	s.Helper()
	s.proxy.slow(0)
	s.proxy.open()
	s.evaluate(said)
	s.within(within, `row("notes.txt").State !== "waiting"`)
	if text := s.row("notes.txt").Text; strings.Contains(text, "network") {
		s.Errorf("the row still says %q", text)
	}
}
