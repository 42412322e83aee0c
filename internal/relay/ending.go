package relay

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"mediarelay/internal/provider"
)

// endAndReport ends a forerun that will make no more requests. What its worker is
// not going to tell, operators and the channel's circuit are told here.
func (f *forerun) endAndReport() {
	f.mu.Lock()
	f.over = !f.opened()
	f.mu.Unlock()
	if f.err != nil && f.own == nil && f.ctx.Err() == nil && !f.final() {
		f.report()
	}
}

func (f *forerun) report() {
	slog.WarnContext(f.ctx, "a request that began while its upload arrives has failed", "upload", f.upload.ID,
		"channel", f.upload.Channel, "copy", string(f.want), "cause", string(provider.CauseOf(f.err)), "error", f.err)
	switch provider.CauseOf(f.err) {
	case provider.CausePermanent:
		return // of other bytes than the file's
	case provider.CauseAmbiguous:
		f.relay.config.Metrics.ambiguous.WithLabelValues(f.upload.Channel).Inc()
	}
	if err := f.relay.notServed(f.ctx, request{f.upload.Channel, f.provider, f.began}, f.err); err != nil {
		slog.ErrorContext(f.ctx, "a channel's state could not be recorded", "channel", f.upload.Channel, "error", err)
	}
}

// silent reports whether the last request was closed since the client sent
// nothing. Ask between requests only.
func (f *forerun) silent() bool { return errors.Is(f.own, errSilent) }

// fault is what the provider did: nil where it is not to blame. Ask after the end.
func (f *forerun) fault() error {
	var said *provider.Error
	if f.own == nil && errors.As(f.err, &said) && !errors.Is(f.err, context.Canceled) {
		return f.err
	}
	return nil
}

// final reports whether the end is the copy's: the provider gave a value for the
// whole file, or another request would fare no better, or might double. Ask after
// the end.
func (f *forerun) final() bool {
	switch cause := provider.CauseOf(f.err); {
	case f.own != nil:
		return false
	case f.err == nil, cause == provider.CauseAmbiguous:
		return !f.isOver()
	case f.fault() == nil:
		return false
	case cause == provider.CausePermanent:
		return f.truthful()
	}
	return !f.isOver() && (f.gaveHeld() || asksToWait(f.err))
}

func (f *forerun) gaveHeld() bool { return f.body != nil && f.body.sent().gaveHeld() }

// truthful reports whether what the provider has got is what is stored.
func (f *forerun) truthful() bool {
	f.mu.Lock()
	body := f.body
	f.mu.Unlock()
	return body == nil || body.sent().truthful()
}

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

// finish lets the rest go, for the file of a digest, and waits for the answer.
// Where it is not final the usual way is open.
func (f *forerun) finish(ctx context.Context, digest string) (value string, final bool, err error) {
	f.open(digest)
	select {
	case <-f.ended:
	case <-ctx.Done():
		f.end()
	}
	if !f.final() {
		return "", false, nil
	}
	if f.err == nil {
		f.wins()
	}
	return f.value, true, f.err
}

func (f *forerun) open(digest string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over && !f.opened() {
		f.digest = digest
		close(f.gate)
	}
}

func (f *forerun) opened() bool {
	select {
	case <-f.gate:
		return true
	default:
		return false
	}
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
	case f.fault() != nil:
		return brokenForerun
	}
	return abortedForerun
}

// end stops the forerun and waits until its request is gone.
func (f *forerun) end() {
	f.stop()
	<-f.ended
}
