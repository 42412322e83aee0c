package uploader_test

import (
	"pgregory.net/rapid"

	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// lineFaults can happen to a request in transit or at the server.
var lineFaults = []string{
	"none", "none", "none", "none",
	"unsent", "cut", "stall", "lost", "5xx",
	"401", "423", "429", "proxy", "too large",
	"damaged chunk", "damaged file", "no checksums",
	"swept", "gone, key kept", "shortened",
}

// serve responds to the request in flight, or causes a fault.
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
		w.changeServer(fault)
		w.respond(s)
	}
}

// changeServer causes a fault in the server's state before it responds.
func (w *model) changeServer(fault string) {
	url := w.m.URL()
	switch fault {
	case "damaged file":
		w.server.spoil(url)
	case "no checksums":
		w.server.noChecksums = true
	case "swept":
		w.server.forget(url)
	case "gone, key kept":
		w.server.lose(url)
	case "shortened":
		w.server.shorten(url)
	}
}

func (w *model) turnAway(s uploader.Send, status int, problem reason.Code) {
	w.report(uploader.Answer{Request: s.Request, Status: status, Offset: -1, Problem: problem})
}

// cut closes the connection after part of the body.
func (w *model) cut(s uploader.Send, stalled bool) {
	part := s
	part.Length = rapid.Int64Range(0, s.Length).Draw(w.t, "arrived")
	w.server.answer(part)
	w.report(uploader.Broken{Request: s.Request, Stalled: stalled})
}

// answerFromProxy is a proxy that responds instead of the server.
func (w *model) answerFromProxy(s uploader.Send) {
	status := rapid.SampledFrom([]int{200, 302, 401, 403, 404, 405, 410, 501, 502}).Draw(w.t, "status")
	w.report(uploader.Answer{Request: s.Request, Status: status, Offset: -1, Foreign: true, Page: true})
}

// tooLarge is a proxy that limits bodies, to no less than the minimum chunk. It may
// count the bytes while it passes them on.
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

// damageChunk changes bytes of a body. With a checksum, the server rejects the body,
// but a creation has created the upload. Without one, the server stores it.
func (w *model) damageChunk(s uploader.Send) {
	switch {
	case s.Length == 0 || w.server.noChecksums:
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

// tusStatusChecksum is Checksum Mismatch, of the checksum extension.
const tusStatusChecksum = 460

func (w *model) respond(s uploader.Send) {
	a := w.server.answer(s)
	if a.Offset >= 0 {
		w.reported = a.Offset
	}
	w.report(a)
}

// watchFaults can happen while the machine watches the upload.
var watchFaults = []string{"none", "progress", "broken", "401", "proxy", "relay failed", "swept"}

// watch reports the upload's state, or causes a fault.
func (w *model) watch() {
	request, fault := w.running, w.draw("fault", watchFaults)
	u := w.server.uploads[w.m.URL()]
	relaying := u != nil && u.state == uploader.StateRelaying
	switch {
	case fault == "progress" && relaying:
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
