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

// The crash points of an early send, a request to the provider that begins while the
// file is still being uploaded, in their order.
const (
	afterEarlySession   = "after an early session is opened"
	whileEarlyMedia     = "while a media object is sent early"
	whileEarlySession   = "while a session is sent early"
	atWithheldMedia     = "while the end of an early media object is withheld"
	atWithheldSession   = "while the end of an early session is withheld"
	afterMediaRelease   = "after the end of an early media object is released"
	afterSessionRelease = "after the end of an early session is released"
	afterEarlyMediaID   = "after an early media ID, before its commit"
	afterEarlyHandle    = "after an early handle, before its commit"
)

var earlyCrashPoints = []string{
	afterEarlySession, whileEarlyMedia, whileEarlySession, atWithheldMedia, atWithheldSession, afterMediaRelease, afterSessionRelease,
	afterEarlyMediaID, afterEarlyHandle,
}

type crashingProvider struct {
	relay.Provider
	crasher *crasher
}

// early reports whether a file is still being uploaded: a request to the provider for it
// is an early send.
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

// earlyBody is the body of an early send, with its crash points.
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

// withheldLogLine is what the server prints when the end of an early send is withheld.
func withheldLogLine(step, digest string) string { return step + ": " + digest }

// Close is passed on, as by crashingReader.
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
	if n > 0 && f.at > free { // the worker has checked the file; none of these bytes has left yet
		death.at(f.afterRelease)
	}
	return n, err
}
