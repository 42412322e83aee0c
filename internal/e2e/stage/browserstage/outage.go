package browserstage

import (
	"strings"
	"time"
)

// BeginOutage sends a file and disconnects the network in the middle of it.
func (s *Stage) BeginOutage() []byte {
	s.Helper()
	s.Proxy.SetRate(1 << 20)
	content := s.Begin("notes.txt", 3<<20)
	s.AwaitBytes("notes.txt")
	s.Proxy.Stop()
	s.Until(`row("notes.txt").State === "waiting" && row("notes.txt").Text.includes("The media server can’t be reached")`)
	if online := Value[bool](s, `navigator.onLine`); !online {
		s.Fatal("the browser knows that it is offline; this test needs one that does not")
	}
	return content
}

// EndOutage reconnects the network, runs a script in the page that announces it, and wants
// the upload to continue in time.
func (s *Stage) EndOutage(said string, within time.Duration) {
	s.Helper()
	s.Proxy.SetRate(0)
	s.Proxy.Start()
	s.Evaluate(said)
	s.Within(within, `row("notes.txt").State !== "waiting"`)
	if text := s.Row("notes.txt").Text; strings.Contains(text, "reached") {
		s.Errorf("the row still says %q", text)
	}
}
