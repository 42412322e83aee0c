// Package early sends a file to its channel's provider while its upload still
// arrives, so that little is left to send when the upload is finished.
//
// A file of 100 MB that a browser uploads in 40 s would otherwise be sent to the
// provider only afterwards. An early send follows the stored bytes instead, and is
// verified.HeldBack bytes behind the end when the last one arrives. Those bytes wait
// until the relay's worker has checked the whole file and commits its digest.
// Nothing is complete at the provider that was not checked here.
//
// Three calls drive it. Intake reports bytes with Arrived, which begins the sends. The
// worker of the finished upload claims them, and for each copy either commits the
// send, which gives an Outcome, or aborts it. Nothing depends on an early send: if it
// broke, the worker sends the file as usual, in the same session if there is one.
//
// It leaves to others: checking the file, records of any kind, retries and the
// channel's breaker (relay), and what an error means (relay/policy).
package early

import (
	"context"
	"io"
	"sync"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// Provider is a channel's API within the limits of its phone number.
type Provider interface {
	Limits() provider.Limits
	MediaSender
	SessionSender
}

// MediaSender makes media objects.
type MediaSender interface {
	// AwaitUploadSlot waits until the phone number may begin another upload.
	AwaitUploadSlot(ctx context.Context) error
	UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error)
}

// SessionSender makes handles.
type SessionSender interface {
	OpenSession(ctx context.Context, o media.Object) (media.SessionID, error)
	SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error)
	SessionOffset(ctx context.Context, s media.SessionID) (int64, error)
}

// Uploads are the rows of uploads and contents; *library.Library has them.
type Uploads interface {
	UploadByID(ctx context.Context, id string) (library.Upload, error)
	ContentByDigest(ctx context.Context, channel, sha256 string) (library.Content, error)
	Subscribe(uploadID string) (changes <-chan struct{}, stop func())
}

// Bytes are the stored bytes; *store.Folder has them.
type Bytes interface {
	Open(ctx context.Context, id string) (*store.Content, error)
	Arrived(ctx context.Context, id string) (int64, error)
}

// Channels are the channels of the relay.
type Channels interface {
	// Provider is the channel's provider as it is set up now; nil without one.
	Provider(channel string) Provider
	// Paused reports whether the channel's breaker is open.
	Paused(ctx context.Context, channel string) (bool, error)
	// Failed is called for a failure of an early send that no worker will report.
	Failed(ctx context.Context, f Failure)
}

// Failure is a failed request of an early send.
type Failure struct {
	Channel  string
	Provider Provider
	Began    time.Time
	Err      error
}

// Config is what a Sender is made of. Every field is needed.
type Config struct {
	Uploads  Uploads
	Bytes    Bytes
	Channels Channels
	// Type names the media type that the first bytes of an upload promise; empty if
	// only the whole file tells.
	Type func(ctx context.Context, uploadID string, head []byte) string
	// Ended counts the early sends that ended.
	Ended func(channel string, c media.Copy, r Result)
	// Requests bounds the requests that run at once; below 1 there are none. They do not
	// take the places of finished uploads.
	Requests int
	// Media says that media objects are sent early, and not only handles.
	Media bool
	// Silence is how long an early send may wait for data before its request is closed.
	Silence time.Duration
	Now     func() time.Time
}

// Sender runs the early sends of this process.
type Sender struct {
	config   Config
	arrivals chan string
	registry *registry
}

// waitingArrivals is how many arrivals wait for the watcher. More are dropped: the
// next chunk of the upload reports it again.
const waitingArrivals = 64

// New makes a Sender. It begins nothing before Run.
func New(c Config) *Sender {
	return &Sender{config: c, arrivals: make(chan string, waitingArrivals), registry: newRegistry(c.Requests)}
}

// Arrived reports that this process created an upload or stored bytes of it. It
// never blocks. A small upload costs nothing more: it has arrived before a send could begin.
func (s *Sender) Arrived(u library.Upload) {
	if u.Length <= leastSize {
		return
	}
	select {
	case s.arrivals <- u.ID:
	default:
	}
}

// Run begins early sends until ctx is done, and returns when all have ended. The
// sends run under working, which outlives ctx: those that a worker has claimed may
// end after the stop.
func (s *Sender) Run(ctx, working context.Context) {
	var uploads sync.WaitGroup
	defer uploads.Wait()
	for {
		select {
		case <-ctx.Done():
			s.registry.stopUnclaimed()
			return
		case id := <-s.arrivals:
			if s.registry.watch(id) {
				uploads.Go(func() { s.run(ctx, working, id) })
			}
		}
	}
}
