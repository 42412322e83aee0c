package uploader_test

import (
	"testing"

	"pgregory.net/rapid"

	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

// model is a tus server in its simplest form, and the person at the other end.
// Both do what they like until their faults are used up.
type model struct {
	t      *rapid.T
	m      *uploader.Machine
	size   int64
	faults int

	now      int64
	uploads  map[string]int64 // URL -> offset
	byKey    map[string]string
	reported int64 // the offset that the machine was last told
	running  int   // number of the request in flight, 0 when none
	action   uploader.Action
}

// Whatever goes wrong: one request at a time; no chunk begins beyond what the
// server has reported; and when nothing goes wrong any more, the upload is done.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newModel(t)
		w.tell(uploader.Start{})
		for range 400 {
			if _, done := w.action.(uploader.Done); done {
				w.checkWhole()
				return
			}
			w.turn()
		}
		t.Fatalf("not done after 400 turns, %d of them without faults; at last %#v", 400-w.faults, w.action)
	})
}

func newModel(t *rapid.T) *model {
	w := &model{
		t: t, uploads: map[string]int64{}, byKey: map[string]string{},
		size:   rapid.Int64Range(0, 20*mib).Draw(t, "size"),
		faults: rapid.IntRange(0, 60).Draw(t, "faults"),
	}
	random := rapid.Float64Range(0, 0.999)
	w.m = uploader.New(uploader.Config{
		Files: "https://h/files/", Uploads: "https://h/v1/uploads/", Assets: "https://h/v1/assets", Length: w.size,
		Metadata: []tusproto.Pair{{Key: tusproto.KeyKey, Value: "k"}},
		Random:   func() float64 { return random.Draw(t, "jitter") },
	})
	return w
}

// turn lets the person or the server act.
func (w *model) turn() {
	if w.faulty() && rapid.IntRange(0, 5).Draw(w.t, "interrupted") == 0 {
		w.tell(w.interruption())
		return
	}
	switch a := w.action.(type) {
	case uploader.Send:
		w.now += rapid.Int64Range(1, 20_000).Draw(w.t, "milliseconds")
		w.serve(a)
	case uploader.Watch:
		w.watch(a)
	case uploader.Wait:
		w.now += a.Milliseconds
		w.tell(uploader.Due{})
	case uploader.NeedToken:
		w.tell(rapid.SampledFrom([]uploader.Event{uploader.TokenReady{}, uploader.TokenDenied{}}).Draw(w.t, "token"))
	case uploader.Paused:
		w.tell(uploader.Resume{})
	case uploader.Failed:
		if !a.Retryable {
			w.t.Fatalf("gave up: %+v", a)
		}
		w.tell(uploader.Retry{})
	default:
		w.t.Fatalf("stands still with %#v", a)
	}
}

// interruption is anything that may come from outside at any time, and with it
// what a request that was given up reports too late.
func (w *model) interruption() uploader.Event {
	return rapid.SampledFrom([]uploader.Event{
		uploader.Pause{},
		uploader.Resume{},
		uploader.Nudge{},
		uploader.Due{},
		uploader.Retry{},
		uploader.Start{},
		uploader.TokenReady{},
		uploader.TokenDenied{},
		uploader.Answer{Request: w.running - 1, Status: 204, Offset: w.size},
		uploader.Broken{Request: w.running + 1},
		uploader.Watched{Request: w.running - 1, State: uploader.UploadDone},
	}).Draw(w.t, "interruption")
}

// tell passes an event on and checks what comes back.
func (w *model) tell(e uploader.Event) {
	action := w.m.Handle(w.now, e)
	switch a := action.(type) {
	case uploader.Idle:
		return // what ran goes on
	case uploader.Send:
		w.checkSend(a)
		w.running = a.Request
	case uploader.Watch:
		w.checkAlone()
		w.running = a.Request
	case uploader.Paused:
		w.running = 0
	case uploader.Wait:
		if a.Milliseconds < 0 || a.Milliseconds > 121_000 {
			w.t.Fatalf("waits %d ms", a.Milliseconds)
		}
	}
	w.action = action
}

// report tells what came of the running request, which then runs no more.
func (w *model) report(e uploader.Event) {
	w.running = 0
	w.tell(e)
}

func (w *model) checkSend(s uploader.Send) {
	w.checkAlone()
	if s.Purpose == uploader.Chunk && s.Offset != w.reported {
		w.t.Fatalf("chunk at %d; the server last reported %d", s.Offset, w.reported)
	}
	if s.Offset < 0 || s.Length < 0 || s.Offset+s.Length > w.size || s.Length > uploader.MaxChunkBytes {
		w.t.Fatalf("body of %d bytes at %d of a file of %d", s.Length, s.Offset, w.size)
	}
}

func (w *model) checkAlone() {
	if w.running != 0 {
		w.t.Fatalf("a second request while %d runs", w.running)
	}
}

func (w *model) checkWhole() {
	if offset := w.uploads[w.m.URL()]; offset != w.size {
		w.t.Fatalf("done with %d of %d bytes", offset, w.size)
	}
}

func (w *model) faulty() bool { return w.faults > 0 }

// serve answers a request, or spends a fault on it.
func (w *model) serve(s uploader.Send) {
	fault := "none"
	if w.faulty() {
		w.faults--
		fault = rapid.SampledFrom([]string{
			"none", "none", "none", "unsent", "cut", "stall", "lost", "401", "429", "5xx", "423", "413", "sweep", "forget",
		}).Draw(w.t, "fault")
	}
	switch fault {
	case "unsent":
		w.report(uploader.Broken{Request: s.Request})
	case "cut", "stall":
		s.Length = rapid.Int64Range(0, s.Length).Draw(w.t, "arrived")
		w.answer(s)
		w.report(uploader.Broken{Request: s.Request, Stalled: fault == "stall"})
	case "lost":
		w.answer(s)
		w.report(uploader.Broken{Request: s.Request})
	case "401", "429", "423":
		w.report(uploader.Answer{Request: s.Request, Offset: -1, Status: map[string]int{"401": 401, "429": 429, "423": 423}[fault]})
	case "5xx":
		w.report(uploader.Answer{Request: s.Request, Offset: -1, Status: rapid.IntRange(500, 511).Draw(w.t, "status")})
	case "413":
		w.tooLarge(s)
	case "sweep":
		delete(w.uploads, w.m.URL())
		w.respond(s)
	case "forget":
		w.forget(w.m.URL())
		w.respond(s)
	default:
		w.respond(s)
	}
}

// tooLarge plays a proxy's bound, which is never below the smallest chunk.
func (w *model) tooLarge(s uploader.Send) {
	if s.Length <= uploader.MinChunkBytes {
		w.respond(s)
		return
	}
	w.report(uploader.Answer{Request: s.Request, Offset: -1, Status: 413})
}

// forget plays a server that lost bytes which it had acknowledged.
func (w *model) forget(url string) {
	if offset, ok := w.uploads[url]; ok {
		w.uploads[url] = rapid.Int64Range(0, offset).Draw(w.t, "left")
	}
}

func (w *model) respond(s uploader.Send) {
	a := w.answer(s)
	if a.Offset >= 0 {
		w.reported = a.Offset
	}
	w.report(a)
}

// answer is the protocol.
func (w *model) answer(s uploader.Send) uploader.Answer {
	a := uploader.Answer{Request: s.Request, Offset: -1}
	offset, ok := w.uploads[s.URL]
	switch {
	case s.Purpose == uploader.Create:
		return w.create(s, a)
	case s.Purpose == uploader.Relay:
		a.Status = 202
	case !ok:
		a.Status = 404
	case s.Purpose == uploader.Ask:
		a.Status, a.Offset = 200, offset
	case s.Offset != offset:
		a.Status = 409
	default:
		w.uploads[s.URL] = offset + s.Length
		a.Status, a.Offset = 204, offset+s.Length
	}
	return a
}

func (w *model) create(s uploader.Send, a uploader.Answer) uploader.Answer {
	key := keyOf(s)
	a.Status = 201
	if url, ok := w.byKey[key]; ok {
		if _, there := w.uploads[url]; there {
			a.Location = url
			return a
		}
	}
	a.Location = "https://h/files/" + key
	w.byKey[key] = a.Location
	w.uploads[a.Location] = s.Length
	a.Offset = s.Length
	if s.Length == 0 {
		a.Offset = -1
	}
	return a
}

func (w *model) watch(a uploader.Watch) {
	offset, ok := w.uploads[w.m.URL()]
	states := []uploader.UploadState{uploader.UploadDone}
	if w.faulty() {
		w.faults--
		states = append(states, uploader.UploadChecking, uploader.UploadRelaying, uploader.UploadFailed, "")
	}
	state := rapid.SampledFrom(states).Draw(w.t, "state")
	switch {
	case !ok:
		w.report(uploader.Answer{Request: a.Request, Status: 404, Offset: -1})
	case offset < w.size:
		w.report(uploader.Watched{Request: a.Request, State: uploader.UploadUploading})
	case state == "":
		w.report(uploader.Broken{Request: a.Request})
	case state == uploader.UploadChecking || state == uploader.UploadRelaying:
		w.tell(uploader.Watched{Request: a.Request, State: state})
	default:
		w.report(uploader.Watched{Request: a.Request, State: state})
	}
}
