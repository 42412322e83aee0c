package browser

import (
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// The server is unreachable, and the browser believes that it is online. The row says so
// and when it retries. The network's return is enough.
func TestNetworkOutage(t *testing.T) {
	for i, back := range []struct {
		name, said string
		within     time.Duration
	}{
		{"the network comes back", `dispatchEvent(new Event('online'))`, 2 * time.Second},
		{"the person asks", `rowNode("notes.txt").querySelector('[data-action=retry]').click()`, 2 * time.Second},
		{"no signal", ``, browserstage.PageTimeout},
	} {
		t.Run(back.name, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			s := browserstage.New(t)
			content := s.BeginOutage()
			s.Until(`told.filter(event => event.Reason === 'unreachable').length > 2`)
			s.Until(`row("notes.txt").State === "waiting"`)
			s.EndOutage(back.said, back.within)
			s.WantIntact("notes.txt", content)
			s.WantOneUpload()
			s.WantNoError()
		})
	}
}

// Three minutes, as long as a router takes to restart: retries are at most 30 s apart, and
// no one does anything.
func TestNetworkOutageOfThreeMinutes(t *testing.T) {
	stage.LongTest(t)
	t.Parallel()
	s := browserstage.New(t)
	content := s.BeginOutage()
	s.Until(`row("notes.txt").State === "waiting"`)
	time.Sleep(3 * time.Minute) // the outage itself
	tries := s.Events("upload-retry")
	if len(tries) < 6 {
		t.Errorf("only %d tries in three minutes", len(tries))
	}
	for i, try := range tries[1:] {
		if pause := time.Duration(try.At-tries[i].At) * time.Millisecond; pause > 32*time.Second {
			t.Errorf("%v between two tries", pause)
		}
	}
	s.EndOutage("", 35*time.Second)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

// The server is stopped or killed, and started again on its data.
func TestUploadResumesAfterServerRestart(t *testing.T) {
	for _, end := range []struct {
		name string
		kill bool
	}{{"stopped in peace", false}, {"killed", true}} {
		t.Run(end.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.NewWith(t, browserstage.Setting{OwnProcess: true})
			s.Proxy.SetRate(1 << 20)
			content := s.Begin("notes.txt", 4<<20)
			s.AwaitBytes("notes.txt")
			s.Server.End(end.kill)
			s.Until(`row("notes.txt").State === "waiting"`)
			s.Server.Start()
			s.Proxy.SetRate(0)
			s.Evaluate(`dispatchEvent(new Event('online'))`)
			s.WantIntact("notes.txt", content)
			s.WantNoError()
			s.WantChunksFromTheOffset()
		})
	}
}
