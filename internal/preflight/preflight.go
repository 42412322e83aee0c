// Package preflight decides whether a file would be delivered: accept, warn or
// refuse, with reasons and fixes. Providers accept almost any file with a permitted
// content type and silently fail to deliver it later, so the real check happens here:
// in the browser before the upload, and again on the server.
//
// It leaves reading the bytes to package probe, and sentences for people to package
// reason/catalogue. It does not repair files. It uses neither network nor clock, and
// gives the same verdict in both builds.
package preflight

import (
	"io"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// Outcome summarizes a verdict.
type Outcome string

// The outcomes.
const (
	Accept Outcome = "accept"
	Warn   Outcome = "warn"
	Refuse Outcome = "refuse"
)

// Question holds what is known about a file besides its bytes, and its use.
type Question struct {
	// Filename may contain any characters; only its extension matters.
	Filename string
	// DeclaredType is the media type that the sender declares; empty if none.
	DeclaredType string
	// Size is the length in bytes.
	Size int64
	// Kinds lists those that the upload accepts; empty for all.
	Kinds []media.Kind
	// Kind is the requested one; empty to choose it by the bytes.
	Kind media.Kind
	// Purposes lists the uses of the file. Each must accept it. Empty means
	// media.PurposeMessage.
	Purposes []media.Purpose
}

// Verdict tells whether a file may be sent, and as what.
type Verdict struct {
	Outcome Outcome
	// Kind is what the file is sent as; empty if no kind accepts it.
	Kind media.Kind
	// Type is the media type to send, by the bytes and without parameters (providers
	// refuse "audio/ogg; codecs=opus"); empty if unknown.
	Type string
	// Reasons lists refusals first.
	Reasons []reason.Reason
}

// Check reads a few ranges of the q.Size bytes of r and returns the verdict. The bounds
// of probe.Read limit what it reads.
//
// If r fails, the verdict is a refusal with reason.FileUnreadable, which says nothing
// about the file: a caller that can retry the read should do so.
func Check(r io.ReaderAt, q Question) Verdict {
	q = q.complete()
	f := probe.Read(r, q.Size)
	return decide(q, f)
}

// Declared returns the verdict that is possible before the upload: it refuses an empty
// file, one larger than every kind allows, and a kind that a purpose excludes.
func Declared(q Question) Verdict {
	q = q.complete()
	var found reasons
	found.addAll(declaredSize(q))
	found.addAll(declaredKind(q))
	return found.verdict(q.Kind, "")
}

func (q Question) complete() Question {
	if len(q.Purposes) == 0 {
		q.Purposes = []media.Purpose{media.PurposeMessage}
	}
	return q
}

// candidates lists the kinds that the verdict may choose.
func (q Question) candidates() []media.Kind {
	switch {
	case q.Kind != "":
		return []media.Kind{q.Kind}
	case len(q.Kinds) > 0:
		return q.Kinds
	}
	return media.Kinds()
}

func decide(q Question, f probe.Facts) Verdict {
	switch {
	case f.Has(probe.Empty):
		return refused(reason.FileEmpty, nil, reason.ChooseAnotherFile)
	case f.Has(probe.Unreadable):
		return refused(reason.FileUnreadable, nil, reason.ChooseAnotherFile)
	}
	typ := sendType(q, f)
	if typ == "" {
		return refused(reason.TypeUnknown, nil, reason.ChooseAnotherFile)
	}
	c := &candidate{q: q, f: f, typ: typ}
	return c.verdict()
}

func refused(code reason.Code, facts []reason.Fact, fixes ...reason.Fix) Verdict {
	var found reasons
	found.refuse(code, facts, fixes...)
	return found.verdict("", "")
}
