// Package relay carries finished uploads to their channel's provider: it checks
// the stored bytes once more, gets the copies that the upload's purposes need,
// tries again where that can help, and records what came of it.
//
// The relay row in the library is the job; no second queue holds the same state.
// A worker holds the lease of the content, so the same bytes are never on their
// way twice, and every record that it makes is fenced by that lease.
//
// A provider's limits are kept before the provider keeps them, and a channel that
// its provider does not serve is stopped as a whole: its relays wait in the
// library, and one at a time finds out whether it is served again.
//
// It leaves to others: speaking one API and knowing which errors pass
// (provider), the rules (preflight), and the answer to the browser (httpapi).
package relay

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/probe"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// Provider is what relay needs of the API of one channel.
type Provider interface {
	MediaUploader
	SessionUploader
	// Limits are what the API takes and keeps, and how much it may be asked.
	Limits() provider.Limits
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
	Arrived(ctx context.Context, id string) (int64, error)
	Remove(ctx context.Context, id string) error
}

// Leases says who may relay; *lease.Keeper does.
type Leases interface {
	Acquire(ctx context.Context, name string) (*lease.Lease, error)
}

// Limits keeps limits that all replicas share; *limit.Limits does.
type Limits interface {
	Wait(ctx context.Context, name string, r limit.Rate) error
	Try(ctx context.Context, name string, b limit.Budget) (*limit.Try, error)
}

// Config is what a relay is made of. The library is no interface here: its rows
// are the job itself, and a fake of them would be the same SQL again.
type Config struct {
	Library   *library.Library
	Bytes     Bytes
	Leases    Leases
	Limits    Limits
	Providers map[string]Provider
	// Metrics are NewMetrics'; where it is nil nobody reads them.
	Metrics *Metrics
	// Check gives the verdict over stored bytes; preflight.Check where it is nil.
	Check func(r io.ReaderAt, q preflight.Question) preflight.Verdict
	// Promised names the type that a file's first bytes promise; probe.GuessType
	// where it is nil.
	Promised func(head []byte) string
	// Workers bounds the relays that run at once, PerChannel those of one
	// channel. Defaults 16 and 4. A channel of which none runs may always begin
	// one: however busy the others are, none waits for them.
	Workers    int
	PerChannel int
	// Foreruns bounds the requests to providers whose uploads still arrive. Default
	// 8; none where it is negative.
	Foreruns int
	// MediaEarly says that media objects too are sent while their upload arrives.
	// Handles always are.
	MediaEarly bool
	// Silence is after how long without a byte a forerun's request is closed.
	// Default 10 s.
	Silence time.Duration
	// Drain is how long running relays may go on after the stop. Default 10 s.
	Drain time.Duration
	// Poll is how often other replicas' rows, rows of workers that died, and rows
	// whose time has come are looked for. New rows of this process are heard of at
	// once. Default 1 s.
	Poll time.Duration
	// Now is the clock of what waits; the library's where it is nil.
	Now func() time.Time
}

// Relay runs the workers of this process.
type Relay struct {
	config Config
	now    func() time.Time

	mu        sync.Mutex
	providers map[string]Provider
	running   map[string]int // by channel
	total     int
	freed     chan struct{}
	foreruns  *foreruns
}

// New makes a relay.
func New(c Config) *Relay {
	c = withDefaults(c)
	r := &Relay{
		config: c, now: c.Now, providers: map[string]Provider{},
		running: map[string]int{}, freed: make(chan struct{}, 1), foreruns: newForeruns(c.Foreruns),
	}
	for channel, p := range c.Providers {
		c.Metrics.begin(channel)
		r.providers[channel] = c.Metrics.measured(channel, p)
	}
	return r
}

func withDefaults(c Config) Config {
	if c.Workers == 0 {
		c.Workers, c.PerChannel = 16, 4
	}
	if c.Check == nil {
		c.Check = preflight.Check
	}
	if c.Promised == nil {
		c.Promised = probe.GuessType
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics(c.Library)
	}
	if c.Now == nil {
		c.Now = c.Library.Now
	}
	c.Foreruns, c.Silence = cmp.Or(c.Foreruns, 8), cmp.Or(c.Silence, 10*time.Second)
	c.Drain, c.Poll = cmp.Or(c.Drain, 10*time.Second), cmp.Or(c.Poll, time.Second)
	return c
}

// Rotate replaces a channel's provider, since its key is another now, and lets
// the channel go on where it had stopped for the old one.
func (r *Relay) Rotate(ctx context.Context, channel string, p Provider) error {
	r.mu.Lock()
	r.providers[channel] = r.config.Metrics.measured(channel, p)
	r.mu.Unlock()
	return r.revive(ctx, channel)
}

// revive lets a channel that was shut out try again at once.
func (r *Relay) revive(ctx context.Context, channel string) error {
	revived, err := r.config.Library.ReviveCircuit(ctx, channel)
	if revived {
		slog.InfoContext(ctx, "a channel goes on", "channel", channel)
	}
	return err
}

// Limits are those of a channel's provider as its settings are now; ok says whether
// there is such a channel.
func (r *Relay) Limits(channel string) (limits provider.Limits, ok bool) {
	p := r.provider(channel)
	if p == nil {
		return provider.Limits{}, false
	}
	return p.Limits(), true
}

func (r *Relay) provider(channel string) Provider {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.providers[channel]
}
