// Package relay sends finished uploads to their channel's provider. It checks the
// stored bytes again, gets the copies that the upload's purposes need, retries where
// that can help, and records the outcome.
//
// The relay row in the library is the job; no second queue holds the same state.
// A worker holds the lease of the content, so the same bytes are never sent twice at
// a time, and each of its records is made only while it holds that lease.
//
// Limits of a provider are kept here, before the provider enforces them. If a
// provider does not serve a channel, the channel's breaker opens: its relays wait in
// the library, and one at a time probes the provider.
//
// It leaves to others: one provider's API (provider), what an error means (policy),
// the channel's state (breaker), sending while the upload arrives (early), the rules
// (preflight), and the answer to the browser (httpapi).
package relay

import (
	"cmp"
	"context"
	"io"
	"sync"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/outcome"
	"mediarelay/internal/preflight"
	"mediarelay/internal/probe"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/store"
)

// Provider is the API of one channel.
type Provider interface {
	MediaUploader
	SessionUploader
	// SendMessage sends one message. Success does not mean that it is delivered.
	SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error)
	// Limits are what the API accepts and keeps, and how often it may be called.
	Limits() provider.Limits
}

// MediaUploader makes media objects, a new one with each call.
type MediaUploader interface {
	UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error)
}

// SessionUploader makes handles. A session that broke is resumed from the offset that
// the provider reports, never from a guess.
type SessionUploader interface {
	OpenSession(ctx context.Context, o media.Object) (media.SessionID, error)
	SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error)
	SessionOffset(ctx context.Context, s media.SessionID) (int64, error)
}

// Bytes are the stored bytes of uploads; *store.Folder has them.
type Bytes interface {
	Open(ctx context.Context, id string) (*store.Content, error)
	Arrived(ctx context.Context, id string) (int64, error)
	Remove(ctx context.Context, id string) error
}

// Leases are the leases of workers; *lease.Keeper and *lease.Memory have them.
type Leases interface {
	Acquire(ctx context.Context, name string) (*lease.Lease, error)
}

// Limits are rates and budgets that all replicas share; *limit.Limits has them.
type Limits interface {
	Wait(ctx context.Context, name string, r limit.Rate) error
	Try(ctx context.Context, name string, b limit.Budget) (*limit.Try, error)
}

// Config is what a relay is made of. The library is not an interface: its rows are the
// jobs, and a fake would be the same SQL again.
type Config struct {
	Library   *library.Library
	Bytes     Bytes
	Leases    Leases
	Limits    Limits
	Providers map[string]Provider
	// Metrics are those of NewMetrics; nil if they are not collected.
	Metrics *Metrics
	// Ends records the ends of uploads; nil for a recorder that nobody reads.
	Ends *outcome.Recorder
	// Check gives the verdict on stored bytes. Default preflight.Check.
	Check func(r io.ReaderAt, q preflight.Question) preflight.Verdict
	// GuessType guesses the type of a file from its first bytes. Default probe.GuessType.
	GuessType func(head []byte) string
	// Workers bounds the relays that run at once, PerChannel those of one channel.
	// Defaults 16 and 4. A channel without a running relay may always begin one, however
	// busy the others are.
	Workers    int
	PerChannel int
	// EarlySends bounds the requests that run while their uploads still arrive. Default
	// 8; negative for none.
	EarlySends int
	// MediaEarly says that media objects are sent early as well. Handles always are.
	MediaEarly bool
	// Silence is how long an early send may wait for data before its request is closed.
	// Default 10 s.
	Silence time.Duration
	// Drain is how long running relays may continue after the stop. Default 10 s.
	Drain time.Duration
	// Poll is how often we poll for due rows: those of other replicas, of workers that
	// died, and those that waited. New rows of this process are seen at once. Default 1 s.
	Poll time.Duration
	// Now is the clock for waits. Default the library's.
	Now func() time.Time
}

// Relay runs the workers of this process.
type Relay struct {
	config  Config
	now     func() time.Time
	breaker *breaker.Breaker
	early   *early.Sender

	mu        sync.Mutex
	providers map[string]*limitedProvider
	running   map[string]map[string]struct{} // SHA-256 of the contents, by channel
	served    map[string]string              // the subject whose relay began last, by channel
	total     int
	freed     chan struct{}
}

// New makes a relay.
func New(c Config) *Relay {
	c = withDefaults(c)
	r := &Relay{
		config: c, now: c.Now, breaker: breaker.New(c.Library), providers: map[string]*limitedProvider{},
		running: map[string]map[string]struct{}{}, served: map[string]string{}, freed: make(chan struct{}, 1),
	}
	r.early = early.New(early.Config{
		Uploads: c.Library, Bytes: c.Bytes, Channels: earlyChannels{r}, Type: r.promisedType, Ended: c.Metrics.earlySendEnded,
		Requests: c.EarlySends, Media: c.MediaEarly, Silence: c.Silence, Now: c.Now,
	})
	for channel, p := range c.Providers {
		c.Metrics.begin(channel)
		c.Ends.Begin(channel)
		r.providers[channel] = r.limited(channel, p)
	}
	return r
}

// Arrived reports that this process created an upload or stored bytes of it, so that
// it may be sent early. It never blocks.
func (r *Relay) Arrived(u library.Upload) { r.early.Arrived(u) }

func withDefaults(c Config) Config {
	if c.Workers == 0 {
		c.Workers, c.PerChannel = 16, 4
	}
	if c.Check == nil {
		c.Check = preflight.Check
	}
	if c.GuessType == nil {
		c.GuessType = probe.GuessType
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics(c.Library)
	}
	if c.Ends == nil {
		c.Ends = outcome.NewRecorder()
	}
	if c.Now == nil {
		c.Now = c.Library.Now
	}
	c.EarlySends, c.Silence = cmp.Or(c.EarlySends, 8), cmp.Or(c.Silence, 10*time.Second)
	c.Drain, c.Poll = cmp.Or(c.Drain, 10*time.Second), cmp.Or(c.Poll, time.Second)
	return c
}
