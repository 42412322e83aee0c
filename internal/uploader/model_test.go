package uploader_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

// modelTurns are many more than the faults can cost.
const modelTurns = 1500

// Whatever goes wrong: one request at a time; no chunk begins elsewhere than
// where the server has said that its bytes end; nothing passes for acknowledged
// that is not; and when nothing goes wrong any more, the upload is done, and it
// is the only one that the server holds.
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
		t.Fatalf("not done after %d turns, with %d faults left; at last %#v", modelTurns, w.faults, w.action)
	})
	for _, fault := range slices.Concat(lineFaults, watchFaults, interruptions) {
		if !fired[fault] {
			t.Errorf("%q never happened", fault)
		}
	}
}

// model is a person with a browser, and the line to the server. They do what
// they like until their faults are used up.
type model struct {
	t      *rapid.T
	server *modelServer
	faults int
	fired  map[string]bool // what has happened in any run
	now    int64

	m        *uploader.Machine
	action   uploader.Action
	running  int             // number of the request in flight, 0 when none
	flight   uploader.Send   // and what it is, when it is no watch
	ghosts   []uploader.Send // were given up here, and may still arrive there
	reported int64           // the offset that the machine was last told
}

func newModel(t *rapid.T, fired map[string]bool) *model {
	w := &model{t: t, fired: fired, server: newModelServer(t), faults: rapid.IntRange(0, 60).Draw(t, "faults")}
	w.open("")
	return w
}

// open gives the upload to a new machine: in the beginning, and when another tab
// takes over, which may know the upload's URL, or the file alone.
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

// turn lets the person, the line or the server act.
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
	case uploader.Cancelled: // and chosen again
		w.open("")
	case uploader.Failed:
		w.retry(a)
	default:
		w.t.Fatalf("stands still with %#v", a)
	}
}

func (w *model) faulty() bool { return w.faults > 0 }

// draw spends a fault on one of these, if there is one left.
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

var interruptions = []string{"word", "late", "takeover", "lost record", "ghost"}

// interrupt is anything that may come from outside at any time, and with it what
// a request that was given up reports too late, here or at the server.
func (w *model) interrupt() {
	switch w.draw("interruption", interruptions) {
	case "word":
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
		}).Draw(w.t, "word"))
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

// arrive lets a request get to the server that nobody here waits for any more.
func (w *model) arrive() {
	if len(w.ghosts) > 0 {
		w.server.answer(w.ghosts[0])
		w.ghosts = w.ghosts[1:]
	}
}

// abort gives the request in flight up.
func (w *model) abort() {
	if w.running != 0 && w.flight.Request == w.running {
		w.ghosts = append(w.ghosts, w.flight)
	}
	w.running = 0
}

// tell passes an event on and checks what comes back. What was in flight is
// aborted by any action but Idle.
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
		w.t.Fatalf("takes %d bytes for acknowledged, the server said %d", w.m.Accepted(), w.reported)
	}
}

// report tells what came of the request in flight, which then is none any more.
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
