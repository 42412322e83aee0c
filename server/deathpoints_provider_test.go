package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay"
)

// The steps of a forerun, a request to the provider that begins while its upload
// still comes, in their order. They are those of such requests alone.
const (
	afterEarlySession = "after a forerun's session is opened"
	whileEarlyMedia   = "while a forerun sends a media object"
	whileEarlySession = "while a forerun sends into its session"
	atHeldMedia       = "while the end of a forerun's media object is held back"
	atHeldSession     = "while the end of a forerun's session is held back"
	afterMediaGate    = "after the gate of a forerun's media object is opened"
	afterSessionGate  = "after the gate of a forerun's session is opened"
	afterEarlyMediaID = "after a forerun's media ID, before its commit"
	afterEarlyHandle  = "after a forerun's handle, before its commit"
)

var earlySteps = []string{
	afterEarlySession, whileEarlyMedia, whileEarlySession, atHeldMedia, atHeldSession, afterMediaGate, afterSessionGate,
	afterEarlyMediaID, afterEarlyHandle,
}

type mortalProvider struct {
	relay.Provider
	death *death
}

// early reports whether a file comes and is not whole: who sends it is a forerun.
func (m mortalProvider) early(o media.Object) bool {
	_, arriving := m.death.arriving.Load(o.SHA256)
	return arriving
}

func (m mortalProvider) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	if m.early(o) {
		id, err := m.Provider.UploadMedia(ctx, o, m.following(body, o, whileEarlyMedia, atHeldMedia, afterMediaGate))
		m.answered(err, afterEarlyMediaID)
		return id, err
	}
	m.death.at(beforeSending)
	id, err := m.Provider.UploadMedia(ctx, o, m.death.reading(body, whileSending, o.Size/2))
	m.death.at(afterMediaID)
	return id, err
}

func (m mortalProvider) OpenSession(ctx context.Context, o media.Object) (media.SessionID, error) {
	if m.early(o) {
		s, err := m.Provider.OpenSession(ctx, o)
		m.death.at(afterEarlySession)
		return s, err
	}
	m.death.at(afterCopy)
	s, err := m.Provider.OpenSession(ctx, o)
	m.death.at(afterSession)
	return s, err
}

func (m mortalProvider) SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error) {
	if o := part.Object; m.early(o) {
		part.Body = m.following(part.Body, o, whileEarlySession, atHeldSession, afterSessionGate)
		h, err := m.Provider.SendSession(ctx, s, part)
		m.answered(err, afterEarlyHandle)
		return h, err
	}
	part.Body = m.death.reading(part.Body, whileInSession, part.Object.Size/2)
	h, err := m.Provider.SendSession(ctx, s, part)
	m.death.at(afterHandle)
	return h, err
}

func (m mortalProvider) answered(err error, step string) {
	if err == nil {
		m.death.at(step)
	}
}

// following is a forerun's body, with its steps.
func (m mortalProvider) following(body io.Reader, o media.Object, halfway, held, gate string) io.Reader {
	return &mortalFollower{Reader: body, provider: m, object: o, halfway: halfway, held: held, gate: gate}
}

type mortalFollower struct {
	io.Reader
	provider            mortalProvider
	object              media.Object
	at                  int64
	halfway, held, gate string
}

// heldLine is what the server says when the end of a forerun is held back.
func heldLine(step, digest string) string { return step + ": " + digest }

// Close is as mortalReader's.
func (f *mortalFollower) Close() error { return closed(f.Reader) }

func (f *mortalFollower) Read(p []byte) (int, error) {
	death, free := f.provider.death, f.object.Size-heldBack
	if f.at >= f.object.Size/2 && f.at < free {
		death.at(f.halfway)
	}
	if f.at == free && f.provider.early(f.object) {
		fmt.Fprintln(os.Stderr, heldLine(f.held, f.object.SHA256))
		death.at(f.held)
	}
	n, err := f.Reader.Read(p)
	f.at += int64(n)
	if n > 0 && f.at > free { // the worker has the file; none of this has left yet
		death.at(f.gate)
	}
	return n, err
}
