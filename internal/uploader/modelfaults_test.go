package uploader_test

import (
	"pgregory.net/rapid"

	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// lineFaults are what can happen to a request on its way and at the server.
var lineFaults = []string{
	"none", "none", "none", "none",
	"unsent", "cut", "stall", "lost", "5xx",
	"401", "423", "429", "proxy", "too large",
	"damaged chunk", "damaged file", "no checksums",
	"swept", "lost with its key known", "shortened",
}

// serve answers the request in flight, or spends a fault on it.
func (w *model) serve(s uploader.Send) {
	fault := w.draw("fault", lineFaults)
	if status, ok := map[string]int{"401": 401, "423": 423, "429": 429}[fault]; ok {
		w.turnAway(s, status, "")
		return
	}
	switch fault {
	case "unsent":
		w.report(uploader.Broken{Request: s.Request})
	case "cut", "stall":
		w.cut(s, fault == "stall")
	case "lost":
		w.server.answer(s)
		w.report(uploader.Broken{Request: s.Request})
	case "5xx":
		w.turnAway(s, rapid.SampledFrom([]int{500, 502, 503, 504, 507}).Draw(w.t, "status"), "")
	case "proxy":
		w.answerFromProxy(s)
	case "too large":
		w.tooLarge(s)
	case "damaged chunk":
		w.damageChunk(s)
	default:
		w.befall(fault)
		w.respond(s)
	}
}

// befall is what happens at the server before it answers.
func (w *model) befall(fault string) {
	url := w.m.URL()
	switch fault {
	case "damaged file":
		w.server.spoil(url)
	case "no checksums":
		w.server.plain = true
	case "swept":
		w.server.forget(url)
	case "lost with its key known":
		w.server.lose(url)
	case "shortened":
		w.server.shorten(url)
	}
}

func (w *model) turnAway(s uploader.Send, status int, problem reason.Code) {
	w.report(uploader.Answer{Request: s.Request, Status: status, Offset: -1, Problem: problem})
}

// cut ends the connection after part of the body.
func (w *model) cut(s uploader.Send, stalled bool) {
	part := s
	part.Length = rapid.Int64Range(0, s.Length).Draw(w.t, "arrived")
	w.server.answer(part)
	w.report(uploader.Broken{Request: s.Request, Stalled: stalled})
}

// answerFromProxy plays a proxy that answers in the server's place.
func (w *model) answerFromProxy(s uploader.Send) {
	status := rapid.SampledFrom([]int{403, 404, 405, 410, 501, 502}).Draw(w.t, "status")
	w.report(uploader.Answer{Request: s.Request, Status: status, Offset: -1, Foreign: true})
}

// tooLarge plays a proxy's bound, which is never below the smallest chunk. It
// may count the bytes while it passes them on.
func (w *model) tooLarge(s uploader.Send) {
	if s.Length <= uploader.MinChunkBytes {
		w.respond(s)
		return
	}
	if rapid.Bool().Draw(w.t, "streams") {
		part := s
		part.Length = rapid.Int64Range(0, uploader.MinChunkBytes).Draw(w.t, "arrived")
		w.server.answer(part)
	}
	w.report(uploader.Answer{Request: s.Request, Status: 413, Offset: -1, Foreign: true})
}

// damageChunk changes bytes of a body: with a checksum they are turned away and
// none is kept, though a creation has made the upload; without one they go in.
func (w *model) damageChunk(s uploader.Send) {
	switch {
	case s.Length == 0 || w.server.plain:
		w.respond(s)
	case !s.Checksum:
		w.server.spoil(w.m.URL())
		w.respond(s)
	default:
		empty := s
		empty.Length = 0
		a := uploader.Answer{Request: s.Request, Status: tusStatusChecksum, Offset: -1}
		if s.Purpose == uploader.Create {
			a.Location = w.server.answer(empty).Location
		}
		w.report(a)
	}
}

// tusStatusChecksum is the checksum extension's status for bytes that changed.
const tusStatusChecksum = 460

func (w *model) respond(s uploader.Send) {
	a := w.server.answer(s)
	if a.Offset >= 0 {
		w.reported = a.Offset
	}
	w.report(a)
}

// watchFaults are what can happen while the upload's events are heard.
var watchFaults = []string{"none", "news", "broken", "401", "proxy", "relay failed", "swept"}

// watch reports the upload's state, or spends a fault on it.
func (w *model) watch() {
	request, fault := w.running, w.draw("fault", watchFaults)
	u := w.server.uploads[w.m.URL()]
	relaying := u != nil && u.state == uploader.StateRelaying
	switch {
	case fault == "news" && relaying:
		w.tell(uploader.Watched{Request: request, State: uploader.StateRelaying})
		return
	case fault == "broken":
		w.report(uploader.Broken{Request: request})
		return
	case fault == "401":
		w.report(uploader.Answer{Request: request, Status: 401, Offset: -1})
		return
	case fault == "proxy":
		w.report(uploader.Answer{Request: request, Status: 404, Offset: -1, Foreign: true})
		return
	case fault == "relay failed" && relaying:
		u.state = uploader.StateFailed
	case fault == "swept":
		w.server.forget(w.m.URL())
	case relaying:
		u.state = uploader.StateDone
	}
	w.reportState(request)
}

func (w *model) reportState(request int) {
	state, ok := w.server.watched(w.m.URL())
	if !ok {
		w.report(uploader.Answer{Request: request, Status: 404, Offset: -1})
		return
	}
	state.Request = request
	w.report(state)
}
