package faults

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
	afterEarlySession   = "after a forerun's session is opened"
	whileEarlyMedia     = "while a forerun sends a media object"
	whileEarlySession   = "while a forerun sends into its session"
	atWithheldMedia     = "while the end of a forerun's media object is held back"
	atWithheldSession   = "while the end of a forerun's session is held back"
	afterMediaRelease   = "after the gate of a forerun's media object is opened"
	afterSessionRelease = "after the gate of a forerun's session is opened"
	afterEarlyMediaID   = "after a forerun's media ID, before its commit"
	afterEarlyHandle    = "after a forerun's handle, before its commit"
)

var earlyCrashPoints = []string{
	afterEarlySession, whileEarlyMedia, whileEarlySession, atWithheldMedia, atWithheldSession, afterMediaRelease, afterSessionRelease,
	afterEarlyMediaID, afterEarlyHandle,
}

type crashingProvider struct {
	relay.Provider
	crasher *crasher
}

// early reports whether a file comes and is not whole: who sends it is a forerun.
func (m crashingProvider) early(o media.Object) bool {
	_, arriving := m.crasher.arriving.Load(o.SHA256)
	return arriving
}

func (m crashingProvider) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	if m.early(o) {
		id, err := m.Provider.UploadMedia(ctx, o, m.earlyBody(body, o, whileEarlyMedia, atWithheldMedia, afterMediaRelease))
		m.answered(err, afterEarlyMediaID)
		return id, err
	}
	m.crasher.at(beforeSending)
	id, err := m.Provider.UploadMedia(ctx, o, m.crasher.reading(body, whileSending, o.Size/2))
	m.crasher.at(afterMediaID)
	return id, err
}

func (m crashingProvider) OpenSession(ctx context.Context, o media.Object) (media.SessionID, error) {
	if m.early(o) {
		s, err := m.Provider.OpenSession(ctx, o)
		m.crasher.at(afterEarlySession)
		return s, err
	}
	m.crasher.at(afterCopy)
	s, err := m.Provider.OpenSession(ctx, o)
	m.crasher.at(afterSession)
	return s, err
}

func (m crashingProvider) SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error) {
	if o := part.Object; m.early(o) {
		part.Body = m.earlyBody(part.Body, o, whileEarlySession, atWithheldSession, afterSessionRelease)
		h, err := m.Provider.SendSession(ctx, s, part)
		m.answered(err, afterEarlyHandle)
		return h, err
	}
	part.Body = m.crasher.reading(part.Body, whileInSession, part.Object.Size/2)
	h, err := m.Provider.SendSession(ctx, s, part)
	m.crasher.at(afterHandle)
	return h, err
}

func (m crashingProvider) answered(err error, step string) {
	if err == nil {
		m.crasher.at(step)
	}
}

// earlyBody is a forerun's body, with its steps.
func (m crashingProvider) earlyBody(body io.Reader, o media.Object, halfway, held, gate string) io.Reader {
	return &crashingEarlyBody{Reader: body, provider: m, object: o, halfway: halfway, atWithheld: held, afterRelease: gate}
}

type crashingEarlyBody struct {
	io.Reader
	provider                          crashingProvider
	object                            media.Object
	at                                int64
	halfway, atWithheld, afterRelease string
}

// withheldLogLine is what the server says when the end of a forerun is held back.
func withheldLogLine(step, digest string) string { return step + ": " + digest }

// Close is as mortalReader's.
func (f *crashingEarlyBody) Close() error { return closed(f.Reader) }

func (f *crashingEarlyBody) Read(p []byte) (int, error) {
	death, free := f.provider.crasher, f.object.Size-withheldBytes
	if f.at >= f.object.Size/2 && f.at < free {
		death.at(f.halfway)
	}
	if f.at == free && f.provider.early(f.object) {
		fmt.Fprintln(os.Stderr, withheldLogLine(f.atWithheld, f.object.SHA256))
		death.at(f.atWithheld)
	}
	n, err := f.Reader.Read(p)
	f.at += int64(n)
	if n > 0 && f.at > free { // the worker has the file; none of this has left yet
		death.at(f.afterRelease)
	}
	return n, err
}
