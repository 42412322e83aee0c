package uploader_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

// modelTurns is far more than all faults together need.
const modelTurns = 1500

// After any sequence of faults: at most one request is in flight, every chunk starts
// at the offset that the server last reported, and the machine never counts more
// bytes as accepted. Once the faults end, the upload completes, and the server has
// no other one.
func TestModel(t *testing.T) {
	fired := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		w := newModel(t, fired)
		for range modelTurns {
			if _, done := w.action.(uploader.Done); done {
				w.server.checkOne(w.m.URL())
				return
			}
			w.turn()
		}
		t.Fatalf("not done after %d turns, with %d faults left; the last action is %#v", modelTurns, w.faults, w.action)
	})
	for _, fault := range slices.Concat(lineFaults, watchFaults, interruptions) {
		if !fired[fault] {
			t.Errorf("%q never happened", fault)
		}
	}
}

// model is a user with a browser, and the network. Both cause faults until the number
// of faults is used up.
type model struct {
	t      *rapid.T
	server *modelServer
	faults int
	fired  map[string]bool // faults that have happened in any run
	now    int64

	m        *uploader.Machine
	action   uploader.Action
	running  int             // number of the request in flight, 0 if there is none
	flight   uploader.Send   // that request, unless it is a watch
	ghosts   []uploader.Send // requests that were aborted here and may still arrive at the server
	reported int64           // the last offset in a response to the machine
}

func newModel(t *rapid.T, fired map[string]bool) *model {
	w := &model{t: t, fired: fired, server: newModelServer(t), faults: rapid.IntRange(0, 60).Draw(t, "faults")}
	w.open("")
	return w
}

// open starts a new machine: at the beginning, and when another tab takes over. That
// tab may have the upload's URL or only the file.
func (w *model) open(url string) {
	random := rapid.Float64Range(0, 0.999)
	w.abort()
	w.reported = 0
	w.m = uploader.New(uploader.Config{
		Files: "https://h/files/", Uploads: "https://h/v1/uploads/", Assets: "https://h/v1/assets",
		Length: w.server.size, URL: url,
		Metadata: []tusproto.Pair{{Key: tusproto.KeyKey, Value: "k"}},
		Random:   func() float64 { return random.Draw(w.t, "jitter") },
	})
	w.tell(uploader.Start{})
}

// turn is one step of the user, the network or the server.
func (w *model) turn() {
	if w.faulty() && rapid.IntRange(0, 5).Draw(w.t, "interrupted") == 0 {
		w.interrupt()
		return
	}
	switch a := w.action.(type) {
	case uploader.Send:
		w.now += rapid.Int64Range(1, 20_000).Draw(w.t, "milliseconds")
		w.serve(a)
	case uploader.Watch:
		w.watch()
	case uploader.Wait:
		w.now += a.Milliseconds
		w.tell(uploader.Due{})
	case uploader.NeedToken:
		w.giveToken()
	case uploader.Paused:
		w.tell(uploader.Resume{})
	case uploader.Cancelled: // the user chooses the file again
		w.open("")
	case uploader.Failed:
		w.retry(a)
	default:
		w.t.Fatalf("stuck with %#v", a)
	}
}

func (w *model) faulty() bool { return w.faults > 0 }

// draw uses up one fault and picks its kind; "none" if no faults are left.
func (w *model) draw(what string, of []string) string {
	if !w.faulty() {
		return "none"
	}
	w.faults--
	fault := rapid.SampledFrom(of).Draw(w.t, what)
	w.fired[fault] = true
	return fault
}

func (w *model) giveToken() {
	if w.faulty() && rapid.Bool().Draw(w.t, "denied") {
		w.faults--
		w.tell(uploader.TokenDenied{})
		return
	}
	w.tell(uploader.TokenReady{})
}

func (w *model) retry(f uploader.Failed) {
	if !f.Retryable {
		w.t.Fatalf("gave up: %+v", f)
	}
	w.tell(uploader.Retry{})
}

var interruptions = []string{"command", "late", "takeover", "lost record", "ghost"}

// interrupt sends an event that may come at any time, or a late result of an aborted
// request, here or at the server.
func (w *model) interrupt() {
	switch w.draw("interruption", interruptions) {
	case "command":
		w.tell(rapid.SampledFrom([]uploader.Event{
			uploader.Pause{},
			uploader.Resume{},
			uploader.Nudge{},
			uploader.Due{},
			uploader.Retry{},
			uploader.Start{},
			uploader.Cancel{},
			uploader.TokenReady{},
			uploader.TokenDenied{},
		}).Draw(w.t, "command"))
	case "late":
		w.tell(rapid.SampledFrom([]uploader.Event{
			uploader.Answer{Request: w.running - 1, Status: 204, Offset: w.server.size},
			uploader.Broken{Request: w.running + 1},
			uploader.Watched{Request: w.running - 1, State: uploader.StateDone},
		}).Draw(w.t, "late"))
	case "takeover":
		w.open(w.m.URL())
	case "lost record":
		w.open("")
	case "ghost":
		w.arrive()
	}
}

// arrive delivers an aborted request to the server.
func (w *model) arrive() {
	if len(w.ghosts) > 0 {
		w.server.answer(w.ghosts[0])
		w.ghosts = w.ghosts[1:]
	}
}

// abort aborts the request in flight.
func (w *model) abort() {
	if w.running != 0 && w.flight.Request == w.running {
		w.ghosts = append(w.ghosts, w.flight)
	}
	w.running = 0
}

// tell sends an event to the machine and checks the action. Any action except Idle
// aborts the request in flight.
func (w *model) tell(e uploader.Event) {
	action := w.m.Handle(w.now, e)
	if _, idle := action.(uploader.Idle); idle {
		return
	}
	w.abort()
	w.action = action
	if w.m.URL() == "" {
		w.reported = 0
	}
	switch a := action.(type) {
	case uploader.Send:
		w.checkSend(a)
		w.running, w.flight = a.Request, a
	case uploader.Watch:
		w.running = a.Request
	case uploader.Wait:
		if a.Milliseconds < 0 || a.Milliseconds > 121_000 {
			w.t.Fatalf("waits %d ms", a.Milliseconds)
		}
	}
	if w.m.Accepted() > w.reported {
		w.t.Fatalf("counts %d bytes as accepted, the server reported %d", w.m.Accepted(), w.reported)
	}
}

// report ends the request in flight with a result.
func (w *model) report(e uploader.Event) {
	w.running = 0
	w.tell(e)
}

func (w *model) checkSend(s uploader.Send) {
	if s.Purpose == uploader.Chunk && s.Offset != w.reported {
		w.t.Fatalf("chunk at %d; the server last reported %d", s.Offset, w.reported)
	}
	if s.Offset < 0 || s.Length < 0 || s.Offset+s.Length > w.server.size || s.Length > uploader.MaxChunkBytes {
		w.t.Fatalf("body of %d bytes at %d of a file of %d", s.Length, s.Offset, w.server.size)
	}
}
