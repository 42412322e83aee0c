// Package intake takes uploads in by tus 1.0.0: it wraps tusd's handler with who
// may create and continue an upload, what its metadata must say, and what
// "finished" means. It also finishes what a crash left unfinished, and sweeps
// what expired.
//
// tusd's own completion is not relied on: when its finish callback fails once,
// a HEAD says complete and the callback never comes again. Here "finished" is a
// state in the library: bytes flushed, digest compared, state and relay row
// committed in one transaction, and only then the answer.
//
// It leaves to others: reading tokens (auth), keeping bytes (store), remembering
// (library), and everything after the finish (relay).
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/prometheuscollector"
	tusdlog "golang.org/x/exp/slog"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/store"
)

// Uploads remembers uploads; *library.Library is one.
type Uploads interface {
	CreateUpload(ctx context.Context, u library.Upload) error
	UploadByID(ctx context.Context, id string) (library.Upload, error)
	UploadByKey(ctx context.Context, channel, key string) (library.Upload, error)
	TouchUpload(ctx context.Context, id string) error
	FinishUpload(ctx context.Context, id, sha256 string, failure *library.Problem) error
	DeleteUpload(ctx context.Context, id string) error
	Asset(ctx context.Context, channel, id string) (library.Asset, error)
	Unfinished(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)
	Ended(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)
}

// Bytes keeps what arrived; *store.Folder is one.
type Bytes interface {
	Create(ctx context.Context, id string) error
	Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error)
	AppendChecked(ctx context.Context, id string, offset int64, r io.Reader, check func(stored int64) error) (int64, error)
	Offset(ctx context.Context, id string) (int64, error)
	Seal(ctx context.Context, id string) error
	Open(ctx context.Context, id string) (*store.Content, error)
	Remove(ctx context.Context, id string) error
	Old(ctx context.Context, before time.Time) (ids []string, err error)
}

// Arrivals hears that this process created an upload or stored bytes of it, so that it
// may be sent early; *relay.Relay is one. Arrived must not block.
type Arrivals interface {
	Arrived(uploadID string)
}

// Leases says who may write to an upload; *lease.Keeper is one.
type Leases interface {
	Acquire(ctx context.Context, name string) (*lease.Lease, error)
	Want(ctx context.Context, name string) error
	Released() <-chan struct{}
}

// Config is what an intake is made of. Zero durations take their defaults.
type Config struct {
	Uploads Uploads
	Bytes   Bytes
	Leases  Leases
	// Arrivals may be nil.
	Arrivals Arrivals
	// Takes is what a channel's provider takes as the channel is set up now; the zero
	// Takes for a channel that is not known. Where it is nil, all take everything.
	Takes func(channel string) Takes
	// PublicURL is the address that browsers see, without a path, such as
	// "https://media.example.com". Empty: each request's own host. A client's
	// forwarding headers are never believed.
	PublicURL string
	// Expiry is how long an unfinished upload may be silent. Default 24 h.
	Expiry time.Duration
	// Retention is how long the bytes of an ended upload are kept. Default 720 h.
	Retention time.Duration
	// NetworkTimeout is how long a client may send nothing in the middle of a
	// request. Default 30 s.
	NetworkTimeout time.Duration
	// Now is the clock of what expires, the library's as well; time.Now where it is nil.
	Now func() time.Time
	// RateWindow is the time over which a client must reach the least rate. Default 60 s.
	RateWindow time.Duration
}

// Takes is what a channel's provider takes. What it does not is refused before its
// bytes are on their way.
type Takes struct {
	// MediaBytes is the largest file for a message, inclusive; 0 for any.
	MediaBytes int64
	// NoHandles says why it gives no handles, and what would mend that, in words that
	// clients may read too; nil where it gives them.
	NoHandles error
}

const (
	basePath = "/files/"
	// lockWait is how long a request waits for another one to let the upload go.
	// A live holder lets go within milliseconds, one on another replica within a
	// heartbeat.
	lockWait = 5 * time.Second
	// wrapUp is how long a request may save bytes after its client went away.
	// tusd keeps a goroutine a request for so long.
	wrapUp = 5 * time.Second
)

// Intake is an http.Handler for everything at and under /files/. It expects the
// caller's claims in the request's context (auth.FromContext).
type Intake struct {
	config  Config
	tus     http.Handler
	metrics prometheus.Collector
	digests *digests
	now     func() time.Time
	// steady runs on from the start whatever is done to the wall's clock.
	steady func() time.Time
}

// New makes an intake.
func New(c Config) (*Intake, error) {
	c.Expiry = orDefault(c.Expiry, 24*time.Hour)
	c.Retention = orDefault(c.Retention, 720*time.Hour)
	c.NetworkTimeout = orDefault(c.NetworkTimeout, 30*time.Second)
	c.RateWindow = orDefault(c.RateWindow, time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Takes == nil {
		c.Takes = func(string) Takes { return Takes{} }
	}
	i := &Intake{config: c, digests: newDigests(), now: c.Now, steady: sinceStart(c.Now())}

	composer := handler.NewStoreComposer()
	composer.UseCore(tusStore{i})
	composer.UseTerminater(tusStore{i})
	composer.UseLocker(locker{c.Leases})
	tus, err := handler.NewHandler(handler.Config{
		StoreComposer: composer,
		BasePath:      strings.TrimSuffix(c.PublicURL, "/") + basePath,
		MaxSize:       media.MaxUploadBytes,
		// A GET takes the lock and interrupts the upload; assets are served elsewhere.
		DisableDownload: true,
		// One small request can make the store copy gigabytes.
		DisableConcatenation: true,
		Cors:                 &handler.CorsConfig{Disable: true},
		NetworkTimeout:       c.NetworkTimeout,
		AcquireLockTimeout:   lockWait,

		GracefulRequestCompletionTimeout: wrapUp,
		// tusd's lines carry the upload's URL and internal errors; ours do not.
		Logger: tusdlog.New(tusdlog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return nil, fmt.Errorf("set up tusd: %w", err)
	}
	i.tus = http.StripPrefix(strings.TrimSuffix(basePath, "/"), tus)
	i.metrics = prometheuscollector.New(tus.Metrics)
	return i, nil
}

// Metrics counts requests, errors, bytes and uploads, under tusd's own names.
func (i *Intake) Metrics() prometheus.Collector { return i.metrics }

// Offset says how many bytes of an upload are safe with us.
func (i *Intake) Offset(ctx context.Context, id string) (int64, error) {
	u, err := i.config.Uploads.UploadByID(ctx, id)
	if err != nil {
		return 0, err
	}
	return i.offset(ctx, u)
}

// offset is the length from the finish on: the bytes of a refused upload are
// gone, and yet they all arrived. Where the bytes are missing the row is read
// again, since a finish may have come in between.
func (i *Intake) offset(ctx context.Context, u library.Upload) (int64, error) {
	if u.State != library.StateUploading {
		return u.Length, nil
	}
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return min(offset, u.Length), err // finish looks whether there is more
	}
	now, readErr := i.config.Uploads.UploadByID(ctx, u.ID)
	if readErr != nil {
		return 0, readErr
	}
	if now.State != library.StateUploading {
		return now.Length, nil
	}
	return 0, err
}

func (i *Intake) arrived(uploadID string) {
	if i.config.Arrivals != nil {
		i.config.Arrivals.Arrived(uploadID)
	}
}

func sinceStart(start time.Time) func() time.Time {
	began := time.Now()
	return func() time.Time { return start.Add(time.Since(began)) }
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func logFailure(ctx context.Context, what, id string, err error) {
	slog.ErrorContext(ctx, "intake failed", "act", what, "upload", id, "error", err)
}
