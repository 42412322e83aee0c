// Package relay carries finished uploads to their channel's provider: it checks
// the stored bytes once more, gets the copies that the upload's purposes need,
// tries again where that can help, and records what came of it.
//
// The relay row in the library is the job; no second queue holds the same state.
// A worker holds the lease of the content, so the same bytes are never on their
// way twice, and every record that it makes is fenced by that lease.
//
// It leaves to others: speaking one API and knowing which errors pass
// (provider), the rules (preflight), and the answer to the browser (httpapi).
package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// Provider is what relay needs of the API of one channel.
type Provider interface {
	MediaUploader
	SessionUploader
}

// MediaUploader gives media IDs. Every call makes a new media object.
type MediaUploader interface {
	UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error)
}

// SessionUploader gives handles. A session that broke goes on from the offset
// that the provider reports, never from a guess.
type SessionUploader interface {
	OpenSession(ctx context.Context, o media.Object) (media.SessionID, error)
	SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error)
	SessionOffset(ctx context.Context, s media.SessionID) (int64, error)
}

// Bytes opens what intake stored; *store.Folder does.
type Bytes interface {
	Open(ctx context.Context, id string) (*store.Content, error)
	Remove(ctx context.Context, id string) error
}

// Leases says who may relay; *lease.Keeper does.
type Leases interface {
	Acquire(ctx context.Context, name string) (*lease.Lease, error)
}

// Config is what a relay is made of. The library is no interface here: its rows
// are the job itself, and a fake of them would be the same SQL again.
type Config struct {
	Library   *library.Library
	Bytes     Bytes
	Leases    Leases
	Providers map[string]Provider
	// Check gives the verdict over stored bytes; preflight.Check where it is nil.
	Check func(r io.ReaderAt, q preflight.Question) preflight.Verdict
	// Workers bounds the relays that run at once, PerChannel those of one
	// channel. Defaults 8 and 4.
	Workers    int
	PerChannel int
	// Drain is how long running relays may go on after the stop. Default 10 s.
	Drain time.Duration
}

// poll is how often other replicas' rows, and rows of workers that died, are
// looked for. Rows of this process are heard of at once.
const poll = time.Second

// Relay runs the workers of this process.
type Relay struct {
	config Config
	now    func() time.Time

	mu      sync.Mutex
	running map[string]int // by channel
	total   int
	freed   chan struct{}
}

// New makes a relay.
func New(c Config) *Relay {
	if c.Workers == 0 {
		c.Workers, c.PerChannel = 8, 4
	}
	if c.Check == nil {
		c.Check = preflight.Check
	}
	if c.Drain == 0 {
		c.Drain = 10 * time.Second
	}
	return &Relay{config: c, now: time.Now, running: map[string]int{}, freed: make(chan struct{}, 1)}
}

// Run works until ctx is done. Then it begins nothing new, gives what runs
// Config.Drain to end, and returns; what did not end goes on at the next start
// or on another replica.
func (r *Relay) Run(ctx context.Context) {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var workers sync.WaitGroup
	for r.pause(ctx) {
		if err := r.dispatch(working, &workers); err != nil {
			slog.ErrorContext(ctx, "due relays could not be read", "error", err)
		}
	}
	drained := time.AfterFunc(r.config.Drain, stop)
	defer drained.Stop()
	workers.Wait()
}

// pause waits for something to do and reports whether to go on.
func (r *Relay) pause(ctx context.Context) bool {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-r.config.Library.Work():
	case <-r.freed:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// dispatch starts a worker for every due relay that there is room for.
func (r *Relay) dispatch(ctx context.Context, workers *sync.WaitGroup) error {
	due, err := r.config.Library.DueRelays(ctx, r.config.Workers+len(r.config.Providers))
	if err != nil {
		return err
	}
	for _, row := range due {
		if !r.enter(row.Channel) {
			continue
		}
		held, err := r.config.Leases.Acquire(ctx, row.LeaseName())
		if err != nil {
			r.leave(row.Channel)
			if !errors.Is(err, lease.ErrHeld) {
				return err
			}
			continue
		}
		workers.Go(func() {
			defer r.leave(row.Channel)
			r.work(ctx, row, held)
		})
	}
	return nil
}

func (r *Relay) enter(channel string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total >= r.config.Workers || r.running[channel] >= r.config.PerChannel {
		return false
	}
	r.total++
	r.running[channel]++
	return true
}

func (r *Relay) leave(channel string) {
	r.mu.Lock()
	r.total--
	if r.running[channel]--; r.running[channel] == 0 {
		delete(r.running, channel)
	}
	r.mu.Unlock()
	select {
	case r.freed <- struct{}{}:
	default: // a hint is waiting already
	}
}
