package main

import (
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// appendVerdict writes Verdict of web/src/engine/engine.ts.
func appendVerdict(b []byte, v preflight.Verdict) []byte {
	b = append(b, '{')
	b = appendTextMember(b, "outcome", string(v.Outcome))
	b = appendTextMember(b, "kind", string(v.Kind))
	b = appendTextMember(b, "type", v.Type)
	b = append(appendName(b, "reasons"), '[')
	for _, r := range v.Reasons {
		b = appendReason(separate(b), r)
	}
	return append(b, "]}"...)
}

func appendReason(b []byte, r reason.Reason) []byte {
	b = append(b, '{')
	b = appendTextMember(b, "code", string(r.Code))
	b = appendTextMember(b, "severity", string(r.Severity))
	b = appendFacts(b, r.Facts)
	b = append(appendName(b, "fixes"), '[')
	for _, fix := range r.Fixes {
		b = appendText(separate(b), string(fix))
	}
	return append(b, "]}"...)
}

func appendFacts(b []byte, facts []reason.Fact) []byte {
	b = append(appendName(b, "facts"), '[')
	for _, f := range facts {
		b = append(separate(b), '{')
		b = appendTextMember(b, "name", f.Name)
		if f.IsNumber {
			b = appendNumberMember(b, "number", f.Number)
			b = appendTextMember(b, "unit", string(f.Unit))
		} else {
			b = appendTextMember(b, "text", f.Text)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendAction writes MachineAction of web/src/worker/wasm.d.ts: the action and the state of the
// machine that the worker needs at any time.
func appendAction(b []byte, m *uploader.Machine, a uploader.Action) []byte {
	b = append(b, '{')
	b = appendNumberMember(b, "accepted", m.Accepted())
	b = appendNumberMember(b, "ceiling", m.Ceiling())
	b = appendTextMember(b, "upload", m.URL())
	b = appendNumberMember(b, "damaged", int64(m.Damaged()))
	switch a := a.(type) {
	case uploader.Send:
		b = appendSend(b, a)
	case uploader.Watch:
		b = appendTextMember(b, "do", "watch")
		b = appendNumberMember(b, "request", int64(a.Request))
		b = appendTextMember(b, "url", a.URL)
	case uploader.Wait:
		b = appendTextMember(b, "do", "wait")
		b = appendNumberMember(b, "milliseconds", a.Milliseconds)
		b = appendTextMember(b, "reason", string(a.Reason))
	case uploader.Failed:
		b = appendTextMember(b, "do", "failed")
		b = appendTextMember(b, "code", string(a.Code))
		b = appendBoolMember(b, "retryable", a.Retryable)
		b = appendFacts(b, a.Facts)
	default:
		b = appendTextMember(b, "do", word(a))
	}
	return append(b, '}')
}

// word is the name of an action that has no other members.
func word(a uploader.Action) string {
	switch a.(type) {
	case uploader.NeedToken:
		return "need-token"
	case uploader.Paused:
		return "paused"
	case uploader.Done:
		return "done"
	case uploader.Refused:
		return "refused"
	case uploader.Cancelled:
		return "cancelled"
	}
	return "idle"
}

func appendSend(b []byte, s uploader.Send) []byte {
	b = appendTextMember(b, "do", "send")
	b = appendNumberMember(b, "request", int64(s.Request))
	b = appendTextMember(b, "purpose", string(s.Purpose))
	b = appendTextMember(b, "method", s.Method)
	b = appendTextMember(b, "url", s.URL)
	b = appendNumberMember(b, "offset", s.Offset)
	b = appendNumberMember(b, "length", s.Length)
	b = appendBoolMember(b, "checksum", s.Checksum)
	b = appendNumberMember(b, "stallAfter", s.StallAfter)
	b = append(appendName(b, "headers"), '[')
	for _, h := range s.Headers {
		b = append(separate(b), '[')
		b = append(appendText(b, h.Name), ',')
		b = append(appendText(b, h.Value), ']')
	}
	return append(b, ']')
}
