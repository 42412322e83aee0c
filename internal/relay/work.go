package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/verified"
	"mediarelay/internal/store"
)

// job is one relay under a lease.
type job struct {
	*Relay
	row      library.Relay
	upload   library.Upload
	lease    *lease.Lease
	provider *limitedProvider
	began    time.Time
	content  *store.Content
	claim    *early.Claim
	copies   []library.Copy // those of the upload's purposes so far
	// sent says that a provider got the file from the stored bytes, which verifies them.
	sent bool
	// traceID identifies the last failed request to the provider's support.
	traceID string
	// sessionWhole says that the open session has every byte.
	sessionWhole bool
}

// work runs one attempt of a relay, and releases the leases.
func (r *Relay) work(ctx context.Context, row library.Relay, held heldLeases) {
	working, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-held.content.Lost():
			cancel()
		case <-working.Done():
		}
	}()
	err := r.attempt(working, row, held)
	if err != nil && working.Err() == nil {
		slog.ErrorContext(ctx, "relay could not be recorded", "upload", row.UploadID, "error", err)
	}
	leaving, done := context.WithTimeout(context.WithoutCancel(ctx), lease.TimeToLive)
	defer done()
	if err != nil && ctx.Err() != nil {
		r.handOver(leaving, row, held)
	}
	if err := held.release(leaving); err != nil {
		slog.ErrorContext(leaving, "relay lease could not be released", "upload", row.UploadID, "error", err)
	}
}

// handOver makes a relay due at once for another process, since this one stops before
// it has ended.
func (r *Relay) handOver(ctx context.Context, row library.Relay, held heldLeases) {
	err := r.config.Library.HandOverRelay(ctx, held.content, row.UploadID)
	switch {
	case errors.Is(err, library.ErrState), errors.Is(err, lease.ErrLost): // it ended, or another worker has it
	case err != nil:
		slog.ErrorContext(ctx, "relay could not be handed over", "upload", row.UploadID, "error", err)
	default:
		slog.InfoContext(ctx, "relay handed over", "upload", row.UploadID)
	}
}

// attempt reads the row again, since another worker may have ended the relay before
// this one had the lease. It counts the attempt and schedules the next one before
// anything else: a failure that cannot even be recorded must not repeat at full speed.
// A step that is cancelled leaves the row open.
func (r *Relay) attempt(ctx context.Context, row library.Relay, held heldLeases) error {
	row, err := r.config.Library.OpenRelay(ctx, row.UploadID)
	if errors.Is(err, library.ErrNotFound) || row.Probe && held.probe == nil {
		return nil
	}
	if err != nil {
		return err
	}
	upload, err := r.config.Library.UploadByID(ctx, row.UploadID)
	if err != nil {
		return err
	}
	j := &job{Relay: r, row: row, upload: upload, lease: held.content, provider: r.provider(row.Channel), began: r.now()}
	j.claim = r.early.Claim(upload.ID)
	defer j.claim.Release()
	if err := r.config.Library.BeginAttempt(ctx, j.lease, upload.ID, r.now().Add(lease.TimeToLive)); err != nil {
		return err
	}
	j.row.Attempts++
	return j.run(ctx)
}

// run sends the stored file, or fails the upload if it cannot be sent at all.
func (j *job) run(ctx context.Context) (err error) {
	if j.upload.State.Ended() { // its row is damaged
		p := *j.upload.Problem
		p.Detail, p.Retryable = "", false
		return j.fail(ctx, p)
	}
	if j.provider == nil {
		p := problemOf(reason.ChannelGone)
		p.Retryable = true // the channel may be set up again
		return j.fail(ctx, p)
	}
	j.content, err = j.config.Bytes.Open(ctx, j.upload.ID)
	if errors.Is(err, store.ErrNotFound) {
		return j.failDamaged(ctx, err)
	}
	if err != nil {
		return j.handleError(ctx, &verified.StoreError{Err: err})
	}
	defer func() { err = errors.Join(err, j.content.Close()) }()
	if j.content.Size != j.upload.Length {
		return j.failDamaged(ctx, fmt.Errorf("%d bytes are stored, want %d", j.content.Size, j.upload.Length))
	}
	return j.send(ctx)
}

// send checks the file, gets its copies one after the other, and completes the upload.
func (j *job) send(ctx context.Context) error {
	ended, err := j.check(ctx)
	if err != nil || ended {
		return err
	}
	contentID, err := j.getCopies(ctx)
	if err == nil {
		err = j.verifyUnsent()
	}
	if err != nil {
		return j.handleError(ctx, err)
	}
	err = j.config.Library.CompleteUpload(ctx, j.lease, j.upload.ID, contentID)
	if err == nil {
		j.ended(ctx, library.StateDone, "", "")
	}
	return err
}
