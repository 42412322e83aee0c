package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
)

const (
	// leastForerun is the first chunk of our uploader (1 MiB): what is no longer than
	// that is here before a forerun could begin.
	leastForerun = 1 << 20
	// signatureBytes is what a type is told from.
	signatureBytes = 4096
)

// scout begins foreruns of what arrives until ctx is done. They go on under working.
func (r *Relay) scout(ctx, working context.Context, workers *sync.WaitGroup) {
	for {
		select {
		case <-ctx.Done():
			r.foreruns.dropUnclaimed()
			return
		case id := <-r.config.Library.Arrivals():
			if r.foreruns.watch(id) {
				workers.Go(func() { r.accompany(ctx, working, id) })
			}
		}
	}
}

// accompany runs an upload's foreruns and remembers them, and with them their
// sessions, until the upload has ended. Its trouble is not the upload's.
func (r *Relay) accompany(ctx, working context.Context, id string) {
	defer r.foreruns.forget(id)
	all, err := r.prepare(ctx, working, id)
	if err != nil && ctx.Err() == nil && !errors.Is(err, errSilent) {
		slog.WarnContext(ctx, "an upload is not relayed while it arrives", "upload", id, "error", err)
	}
	var running sync.WaitGroup
	for _, f := range all {
		r.foreruns.add(f)
		running.Go(f.run)
	}
	if ctx.Err() != nil {
		r.foreruns.dropUnclaimed() // the stop may have come before they were added
	}
	running.Wait()
	for _, f := range all {
		f.linger()
		f.close()
	}
}

// prepare makes the foreruns that an upload can have.
func (r *Relay) prepare(ctx, working context.Context, id string) ([]*forerun, error) {
	u, err := r.config.Library.UploadByID(ctx, id)
	if errors.Is(err, library.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := r.provider(u.Channel)
	if p == nil || u.State != library.StateUploading || u.Length <= leastForerun {
		return nil, nil
	}
	wants, err := r.early(ctx, u, p)
	if err != nil || len(wants) == 0 {
		return nil, err
	}
	mediaType, err := r.beginning(ctx, u)
	if err != nil || mediaType == "" {
		return nil, err
	}
	var all []*forerun
	for _, want := range wants {
		if !r.foreruns.enter() {
			break
		}
		f, err := r.newForerun(working, u, p, mediaType, want)
		if err != nil {
			r.foreruns.leave()
			return all, err
		}
		all = append(all, f)
	}
	return all, nil
}

// early lists the copies that are worth a forerun: the channel is served, it can
// give them, and the library does not have them.
func (r *Relay) early(ctx context.Context, u library.Upload, p Provider) ([]media.Copy, error) {
	circuits, err := r.config.Library.OpenCircuits(ctx)
	if err != nil || slices.ContainsFunc(circuits, func(c library.Circuit) bool { return c.Channel == u.Channel }) {
		return nil, err
	}
	asset, err := r.config.Library.AssetByDigest(ctx, u.Channel, u.DeclaredSHA256)
	if err != nil && !errors.Is(err, library.ErrNotFound) {
		return nil, err
	}
	return slices.DeleteFunc(media.Copies(u.Purposes), func(want media.Copy) bool {
		_, have := asset.Valid(want, r.now().Add(spare))
		return have || !r.gives(p, want, u.Length)
	}), nil
}

func (r *Relay) gives(p Provider, want media.Copy, size int64) bool {
	limits := p.Limits()
	if want == media.CopyHandle {
		return limits.NoHandles == nil
	}
	return r.config.MediaEarly && (limits.MediaBytes == 0 || size <= limits.MediaBytes)
}

// beginning waits for an upload's first bytes and says what type they promise;
// empty for one that only the whole file tells.
func (r *Relay) beginning(ctx context.Context, u library.Upload) (mediaType string, err error) {
	for deadline := time.Now().Add(r.config.Silence); time.Now().Before(deadline); {
		arrived, err := r.config.Bytes.Arrived(ctx, u.ID)
		if err == nil && arrived >= signatureBytes {
			return r.sniff(ctx, u.ID)
		}
		select { // a row is there before its bytes, so an error passes
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(lookEvery):
		}
	}
	return "", errSilent
}

func (r *Relay) sniff(ctx context.Context, id string) (mediaType string, err error) {
	content, err := r.config.Bytes.Open(ctx, id)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	head := make([]byte, signatureBytes)
	if _, err := io.ReadFull(content, head); err != nil {
		return "", err
	}
	return r.promised(ctx, id, head), nil
}

// promised is the type that a file's beginning promises. One that makes a parser
// panic promises nothing, and its worker finds out what that is.
func (r *Relay) promised(ctx context.Context, id string, head []byte) (mediaType string) {
	defer func() {
		if cause := recover(); cause != nil {
			panicked(ctx, id, cause)
			mediaType = ""
		}
	}()
	return r.config.Promised(head)
}

func (r *Relay) newForerun(ctx context.Context, u library.Upload, p Provider, mediaType string, want media.Copy) (*forerun, error) {
	content, err := r.config.Bytes.Open(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	f := &forerun{
		relay: r, upload: u, want: want, provider: p, content: content,
		object: media.Object{Filename: u.Filename, Type: mediaType, Size: u.Length, SHA256: u.DeclaredSHA256},
		gate:   make(chan struct{}), ended: make(chan struct{}),
	}
	f.ctx, f.stop = context.WithCancel(ctx)
	return f, nil
}

// lingering is how long a forerun's session is kept in mind for the upload's worker.
// It bounds what clients that never come back hold of the watched uploads.
const lingering = 15 * time.Minute

// linger waits until the forerun's worker has gone, or the upload has ended in
// another process or by its client.
func (f *forerun) linger() {
	given := time.NewTimer(lingering)
	defer given.Stop()
	changes, stop := f.relay.config.Library.Subscribe(f.upload.ID)
	defer stop()
	look := time.NewTicker(f.relay.config.Silence)
	defer look.Stop()
	for !f.forgotten() {
		select {
		case <-f.ctx.Done():
			return
		case <-given.C:
			return
		case <-changes:
		case <-look.C:
		}
	}
}

func (f *forerun) forgotten() bool {
	u, err := f.relay.config.Library.UploadByID(f.ctx, f.upload.ID)
	return errors.Is(err, library.ErrNotFound) || err == nil && u.State.Ended()
}

func (f *forerun) close() {
	f.stop()
	f.relay.config.Metrics.foreruns.WithLabelValues(f.upload.Channel, string(f.want), f.outcome()).Inc()
	if err := f.content.Close(); err != nil {
		slog.Warn("the bytes of a forerun could not be closed", "upload", f.upload.ID, "error", err)
	}
}
