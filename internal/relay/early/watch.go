package early

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
	// leastSize is the first chunk of our uploader (1 MiB). A file that is no longer has
	// arrived before an early send could begin.
	leastSize = 1 << 20
	// signatureBytes is the number of bytes needed to detect a type.
	signatureBytes = 4096
)

// run makes the early sends of an upload and keeps them, and with them their sessions,
// until the upload has ended. An error here is not the upload's.
func (s *Sender) run(ctx, working context.Context, id string) {
	defer s.registry.forget(id)
	sends, err := s.prepare(ctx, working, id)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrSilent) {
		slog.WarnContext(ctx, "upload is not sent early", "upload", id, "error", err)
	}
	var running sync.WaitGroup
	for _, e := range sends {
		s.registry.add(e)
		running.Go(e.run)
	}
	if ctx.Err() != nil {
		s.registry.stopUnclaimed() // the stop may have come before they were added
	}
	running.Wait()
	for _, e := range sends {
		e.awaitWorker()
		e.close()
	}
}

// prepare makes the early sends that an upload can have, each with a request's place.
func (s *Sender) prepare(ctx, working context.Context, id string) ([]*Send, error) {
	u, err := s.config.Uploads.UploadByID(ctx, id)
	if errors.Is(err, library.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plan := &plan{Sender: s, upload: u, provider: s.config.Channels.Provider(u.Channel)}
	if plan.provider == nil || u.State != library.StateUploading {
		return nil, nil
	}
	wants, err := plan.copies(ctx)
	if err != nil || len(wants) == 0 {
		return nil, err
	}
	plan.mediaType, err = plan.awaitType(ctx)
	if err != nil || plan.mediaType == "" {
		return nil, err
	}
	return plan.open(working, wants)
}

// plan is an upload for which early sends are prepared.
type plan struct {
	*Sender
	upload    library.Upload
	provider  Provider
	mediaType string
}

// copies lists the copies worth an early send: the channel is not paused, its provider
// gives them, and the library does not have them.
func (p *plan) copies(ctx context.Context) ([]media.Copy, error) {
	paused, err := p.config.Channels.Paused(ctx, p.upload.Channel)
	if err != nil || paused {
		return nil, err
	}
	content, err := p.config.Uploads.ContentByDigest(ctx, p.upload.Channel, p.upload.DeclaredSHA256)
	if err != nil && !errors.Is(err, library.ErrNotFound) {
		return nil, err
	}
	return slices.DeleteFunc(media.Copies(p.upload.Purposes), func(want media.Copy) bool {
		_, have := content.Reusable(want, p.config.Now())
		return have || !p.gives(want)
	}), nil
}

func (p *plan) gives(want media.Copy) bool {
	limits := p.provider.Limits()
	if want == media.CopyHandle {
		return limits.NoHandles == nil
	}
	return p.config.Media && (limits.MediaBytes == 0 || p.upload.Length <= limits.MediaBytes)
}

// awaitType waits for the upload's first bytes and gives the type that they promise;
// empty if only the whole file tells.
func (p *plan) awaitType(ctx context.Context) (mediaType string, err error) {
	for deadline := time.Now().Add(p.config.Silence); time.Now().Before(deadline); {
		arrived, err := p.config.Bytes.Arrived(ctx, p.upload.ID)
		if err == nil && arrived >= signatureBytes {
			return p.readType(ctx)
		}
		select { // the row is there before its bytes, so an error passes
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(pollEvery):
		}
	}
	return "", ErrSilent
}

func (p *plan) readType(ctx context.Context) (mediaType string, err error) {
	content, err := p.config.Bytes.Open(ctx, p.upload.ID)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	head := make([]byte, signatureBytes)
	if _, err := io.ReadFull(content, head); err != nil {
		return "", err
	}
	return p.config.Type(ctx, p.upload.ID, head), nil
}

// open makes a send for each copy, as long as there are places.
func (p *plan) open(working context.Context, wants []media.Copy) (sends []*Send, err error) {
	for _, want := range wants {
		if !p.registry.enter() {
			break
		}
		e, err := p.newSend(working, want)
		if err != nil {
			p.registry.leave()
			return sends, err
		}
		sends = append(sends, e)
	}
	return sends, nil
}
