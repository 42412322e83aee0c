package relay

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"mediarelay/internal/provider"
)

// endsUnopened notes an end before any worker has opened the gate, and reports it:
// from here on none can.
func (f *forerun) endsUnopened() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.gate:
	default:
		f.over = true
	}
	return f.over
}

// silent reports whether the last request was closed since the client sent
// nothing. Ask between requests only.
func (f *forerun) silent() bool { return f.body != nil && errors.Is(f.body.err, errSilent) }

// fault is what the provider did: nil where it is not to blame. Ask after the end.
func (f *forerun) fault() error {
	var said *provider.Error
	if !errors.As(f.err, &said) || f.body != nil && f.body.ours() {
		return nil
	}
	return f.err
}

// truthful reports whether the session holds what is stored. Ask after the end.
func (f *forerun) truthful() bool { return f.body == nil || f.body.truthful() }

// isOver reports whether the forerun has ended by itself.
func (f *forerun) isOver() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.over
}

// of reports whether the forerun sends what the worker has checked: the bytes of
// this very file, as this type, by this key.
func (f *forerun) of(j *job) bool {
	mine, err1 := f.content.Stat()
	theirs, err2 := j.content.Stat()
	return errors.Join(err1, err2) == nil && os.SameFile(mine, theirs) &&
		f.object.Type == j.object().Type && f.provider == j.provider
}

// finish lets the rest go, for the file of a digest, and waits for the answer. It
// is final where the provider gave a value, or where another request would fare
// no better or might double; the usual way is open where it is not.
func (f *forerun) finish(ctx context.Context, digest string) (value string, final bool, err error) {
	opened := f.open(digest)
	select {
	case <-f.ended:
	case <-ctx.Done():
		f.end()
	}
	fault := f.fault()
	switch {
	case opened && f.err == nil:
		f.wins()
		return f.value, true, nil
	case opened && fault != nil, provider.Permanent(fault) && f.truthful():
		return "", true, fault
	}
	return "", false, nil
}

func (f *forerun) open(digest string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.digest = digest
		close(f.gate)
	}
	return !f.over
}

func (f *forerun) wins() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.won = true
}

// outcome is what has become of it in the end.
func (f *forerun) outcome() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.won:
		return wonForerun
	case f.fault() != nil && !errors.Is(f.err, context.Canceled):
		return brokenForerun
	}
	return abortedForerun
}

// report tells operators and the channel's circuit of a forerun that no worker
// waits for: the relay goes the usual way and would not say what this one met.
func (f *forerun) report() {
	if f.silent() || f.ctx.Err() != nil {
		return
	}
	slog.WarnContext(f.ctx, "a request that began while its upload arrives has ended", "upload", f.upload.ID,
		"channel", f.upload.Channel, "copy", string(f.want), "cause", string(provider.CauseOf(f.err)), "error", f.err)
	fault := f.fault()
	if provider.Permanent(fault) {
		return // it concerns the file, and its worker will end it
	}
	if err := f.relay.notServed(f.ctx, request{f.upload.Channel, f.provider, f.began}, fault); err != nil {
		slog.ErrorContext(f.ctx, "a channel's state could not be recorded", "channel", f.upload.Channel, "error", err)
	}
}

// end stops the forerun and waits until its request is gone.
func (f *forerun) end() {
	f.stop()
	<-f.ended
}
