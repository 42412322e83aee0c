package early

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay/policy"
)

// Outcome is what a committed send came to.
type Outcome struct {
	// Final says that Value or Err is the copy's. If not, the file is to be sent as usual.
	Final bool
	// Value is the media ID or the handle.
	Value string
	Err   error
	// Began is when the request began.
	Began time.Time
	// ProviderFailed says that the provider broke the request.
	ProviderFailed bool
	// Mismatch says that the session has other bytes than those that are stored.
	Mismatch bool
}

// Result is how an early send ended, for operators.
type Result string

// The results.
const (
	Won     Result = "won"     // its value was used
	Broken  Result = "broken"  // the provider broke it
	Aborted Result = "aborted" // we did
)

// Results are all results.
var Results = []Result{Won, Broken, Aborted}

// Session is the session that the send has opened; empty if there is none, or if
// other bytes than those that are stored were sent into it.
func (e *Send) Session() media.SessionID {
	s := e.sessionID()
	if s == "" || !e.matchesStored() {
		return ""
	}
	return s
}

// Running reports whether a commit can complete the copy at the provider.
func (e *Send) Running() bool { return e.life.now() != over }

// Commit releases the held-back bytes, if the file has this digest, and waits
// for the provider's answer.
func (e *Send) Commit(ctx context.Context, digest string) Outcome {
	e.life.commit(digest)
	select {
	case <-e.ended:
	case <-ctx.Done():
		e.Abort()
	}
	o := Outcome{Final: e.final(), Began: e.last.began, ProviderFailed: e.failure() != nil}
	if o.Final {
		o.Value, o.Err = e.last.value, e.last.err
	}
	switch {
	case o.Final && o.Err == nil:
		e.life.win()
	case e.want == media.CopyHandle:
		o.Mismatch = !e.matchesStored()
	}
	return o
}

// Abort stops the send and waits until its request has ended.
func (e *Send) Abort() {
	e.stop()
	<-e.ended
}

// report reports a failure that no worker will report.
func (e *Send) report() {
	if e.last.err == nil || e.last.own != nil || e.ctx.Err() != nil || e.final() {
		return
	}
	slog.WarnContext(e.ctx, "early send failed", "upload", e.upload.ID, "channel", e.upload.Channel,
		"copy", string(e.want), "cause", string(provider.CauseOf(e.last.err)), "error", e.last.err)
	e.sender.config.Channels.Failed(e.ctx, Failure{e.upload.Channel, e.provider, e.last.began, e.last.err})
}

// wasSilent reports whether the last request was closed because nothing arrived. Call it
// between requests.
func (e *Send) wasSilent() bool { return errors.Is(e.last.own, ErrSilent) }

// failure is the provider's failure; nil if it is not to blame. Call it after the end.
func (e *Send) failure() error {
	var answered *provider.Error
	if e.last.own == nil && errors.As(e.last.err, &answered) && !errors.Is(e.last.err, context.Canceled) {
		return e.last.err
	}
	return nil
}

// final reports whether the last request decides the copy: the provider gave a value
// for the whole file, or another request would fare no better or might make a second
// copy. Call it after the end.
func (e *Send) final() bool {
	running, rule := e.Running(), policy.For(e.last.err)
	switch {
	case e.last.own != nil:
		return false
	case e.last.err == nil, rule.MayHaveArrived:
		return running
	case e.failure() == nil:
		return false
	case rule.Attempt == policy.AttemptIsLast:
		return e.matchesStored() // or it was of other bytes than the file's
	}
	return running && (e.sentHeld() || rule.AsksToWait())
}

func (e *Send) sentHeld() bool { return e.body != nil && e.body.sent().SentHeld() }

// matchesStored reports whether the provider has got what is stored.
func (e *Send) matchesStored() bool {
	e.mu.Lock()
	body := e.body
	e.mu.Unlock()
	return body == nil || body.sent().MatchesStored()
}

// result is how the send ended. Call it after the end.
func (e *Send) result() Result {
	switch {
	case e.life.now() == won:
		return Won
	case e.failure() != nil:
		return Broken
	}
	return Aborted
}

// sessionKept is how long a send keeps its session for the upload's worker. It bounds
// what clients that never come back hold of the watched uploads.
const sessionKept = 15 * time.Minute

// awaitWorker waits until the worker has released its claim, or the upload has ended in
// another process or was deleted.
func (e *Send) awaitWorker() {
	given := time.NewTimer(sessionKept)
	defer given.Stop()
	changes, stop := e.sender.config.Uploads.Subscribe(e.upload.ID)
	defer stop()
	poll := time.NewTicker(e.sender.config.Silence)
	defer poll.Stop()
	for !e.uploadEnded() {
		select {
		case <-e.ctx.Done():
			return
		case <-given.C:
			return
		case <-changes:
		case <-poll.C:
		}
	}
}

func (e *Send) uploadEnded() bool {
	u, err := e.sender.config.Uploads.UploadByID(e.ctx, e.upload.ID)
	return errors.Is(err, library.ErrNotFound) || err == nil && u.State.Ended()
}
