// Package preflight says whether a file would be delivered: accept, warn or
// refuse, with the reasons and the ways out. Providers take almost anything with
// a good content type and drop it later without a word, so this is where the
// real check happens, before the upload in the browser and again on the server.
//
// It leaves to others: reading the bytes (probe), words for people
// (reason/catalogue), and mending a file. It knows no network and no clock, and
// gives the same verdict in both builds.
package preflight

import (
	"io"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// Outcome is the verdict in one word.
type Outcome string

// The outcomes.
const (
	Accept Outcome = "accept"
	Warn   Outcome = "warn"
	Refuse Outcome = "refuse"
)

// Question is what is known of a file besides its bytes, and what it is for.
type Question struct {
	// Filename may hold any characters; only its extension is looked at.
	Filename string
	// DeclaredType is the sender's opinion of the type; empty for none.
	DeclaredType string
	// Size is the length in bytes.
	Size int64
	// Kinds are those that the place of the upload takes; empty for all.
	Kinds []media.Kind
	// Kind is the one that was asked for; empty to find it from the bytes.
	Kind media.Kind
	// Purposes are what the file is for. Every one must take it. Empty is
	// media.PurposeMessage.
	Purposes []media.Purpose
}

// Verdict says whether a file may be sent, and as what.
type Verdict struct {
	Outcome Outcome
	// Kind is what the file is sent as; empty when no kind takes it.
	Kind media.Kind
	// Type is the media type to send, found from the bytes and without
	// parameters (the provider refuses "audio/ogg; codecs=opus"). Empty when
	// unknown.
	Type string
	// Reasons lists refusals first.
	Reasons []reason.Reason
}

// Check reads a few ranges of a file and gives the verdict. It reads at most
// what probe allows itself, and r may be any reader of q.Size bytes.
//
// An error of r gives a refusal with reason.FileUnreadable, which says nothing
// of the file: a caller who can read again does.
func Check(r io.ReaderAt, q Question) Verdict {
	q = q.complete()
	f := probe.Read(r, q.Size)
	return decide(q, f)
}

// Declared gives what can be said before any byte is there: no bytes, more than
// any kind takes, a kind that a purpose excludes. Anything else is accepted.
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

// asked lists the kinds that may come out.
func (q Question) asked() []media.Kind {
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
