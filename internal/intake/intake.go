// Package intake receives uploads by tus 1.0.0. It wraps tusd's handler with access
// control, validation of the metadata, and a reliable finish. It also finishes uploads
// that a crash interrupted, and sweeps expired ones.
//
// It does not rely on tusd's completion: if tusd's finish callback fails once, a HEAD
// request reports a complete upload and the callback is never repeated. Here an upload
// is finished by a state in the library. The bytes are flushed, the digest is compared,
// the state and the relay row are committed in one transaction, and only then does the
// client get its response.
//
// It leaves to others: verifying tokens and their scope (auth, httpapi), storing bytes
// (store) and rows (library), and everything after the finish (relay).
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
	"mediarelay/internal/outcome"
	"mediarelay/internal/problem"
	"mediarelay/internal/store"
)

// Uploads stores the rows of uploads; *library.Library implements it.
type Uploads interface {
	CreateUpload(ctx context.Context, u library.Upload) error
	UploadByID(ctx context.Context, id string) (library.Upload, error)
	UploadByKey(ctx context.Context, channel, subject, key string) (library.Upload, error)
	TouchUpload(ctx context.Context, id string) error
	FinishUpload(ctx context.Context, id, sha256 string, failure *library.Problem) error
	DeleteUpload(ctx context.Context, id string) error
	Asset(ctx context.Context, channel, id string) (library.Asset, error)
	Unfinished(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)
	Ended(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)
}

// Bytes stores the bytes of uploads; *store.Folder implements it.
type Bytes interface {
	Create(ctx context.Context, id string) error
	Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error)
	AppendChecked(ctx context.Context, id string, offset int64, r io.Reader, check func(stored int64) error) (int64, error)
	Offset(ctx context.Context, id string) (int64, error)
	Seal(ctx context.Context, id string) error
	Open(ctx context.Context, id string) (*store.Content, error)
	Remove(ctx context.Context, id string) error
	Old(ctx context.Context, before time.Time) (ids []string, err error)
	// Present returns an error while the store is unavailable as a whole.
	Present(ctx context.Context) error
	// Quarantine moves the bytes of an upload aside and returns their new name.
	Quarantine(ctx context.Context, id string, at time.Time) (moved string, err error)
	// PurgeQuarantine deletes what was moved aside before a time.
	PurgeQuarantine(ctx context.Context, before time.Time) (purged int, err error)
	// Free returns the free space of the store in bytes.
	Free(ctx context.Context) (int64, error)
}

// Arrivals hears that this process created an upload or stored bytes of it, so that it
// may be sent early; *relay.Relay implements it. Arrived must not block.
type Arrivals interface {
	Arrived(u library.Upload)
}

// Leases are the locks of uploads; *lease.Keeper and *lease.Memory implement it.
type Leases interface {
	Acquire(ctx context.Context, name string) (*lease.Lease, error)
	RequestRelease(ctx context.Context, name string) error
	Released() <-chan struct{}
}

// Config configures an intake. Zero durations mean the defaults.
type Config struct {
	Uploads Uploads
	Bytes   Bytes
	Leases  Leases
	// Arrivals may be nil.
	Arrivals Arrivals
	// Ends records the ends of uploads that arrive damaged; nil for a recorder that
	// nobody reads.
	Ends *outcome.Recorder
	// Takes returns what a channel's provider accepts with its current configuration,
	// and the zero Takes for an unknown channel. Nil means no limits.
	Takes func(channel string) Takes
	// PublicURL is the URL of the server for browsers, without a path, such as
	// "https://media.example.com". If it is empty, the URLs of uploads are relative. No
	// header of a request is trusted for them.
	PublicURL string
	// Expiry is how long an unfinished upload is kept after its last bytes. Default 24 h.
	Expiry time.Duration
	// Retention is how long the bytes of an ended upload are kept. Default 720 h.
	Retention time.Duration
	// MinFree is the free space of the store in bytes below which no upload begins. 0
	// means no check.
	MinFree int64
	// NetworkTimeout is how long a request may stall. Default 30 s.
	NetworkTimeout time.Duration
	// Replicas says that other processes may serve the same database, so that one of them
	// may leave uploads behind.
	Replicas bool
	// Now is the library's clock, by which uploads expire. Nil means time.Now.
	Now func() time.Time
	// RateWindow is the period over which the minimum rate is measured. Default 60 s.
	RateWindow time.Duration
}

// Takes is what a channel's provider accepts. Anything else is rejected at creation,
// before its bytes are sent.
type Takes struct {
	// MediaBytes is the maximum size of a file for a message, inclusive; 0 means none.
	MediaBytes int64
	// NoHandles says why the provider cannot create handles and how to fix that. Clients
	// see the text. Nil if it can.
	NoHandles error
}

const (
	basePath = "/files/"
	// lockWait is how long a request waits for another one to release the upload. A live
	// holder in this process releases it within milliseconds, one on another replica
	// within a heartbeat.
	lockWait = 5 * time.Second
	// completionTimeout is how long a request may store bytes after its client has
	// disconnected. tusd keeps one goroutine for each request that long.
	completionTimeout = 5 * time.Second
)

// Intake is an http.Handler for everything at and under /files/. The claims of a token
// with the scope upload must be in the request's context (auth.FromContext).
type Intake struct {
	config  Config
	tus     http.Handler
	metrics collectors
	digests *digests
	// unfinished are the uploads that the next pass of Reconcile looks at.
	unfinished *unfinished
	now        func() time.Time
	// quarantined counts uploads whose bytes were moved aside.
	quarantined prometheus.Counter
	// steady starts at now and then follows the monotonic clock.
	steady func() time.Time
}

// New returns an intake.
func New(c Config) (*Intake, error) {
	c.Expiry = orDefault(c.Expiry, 24*time.Hour)
	c.Retention = orDefault(c.Retention, 720*time.Hour)
	c.NetworkTimeout = orDefault(c.NetworkTimeout, 30*time.Second)
	c.RateWindow = orDefault(c.RateWindow, time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Ends == nil {
		c.Ends = outcome.NewRecorder()
	}
	if c.Takes == nil {
		c.Takes = func(string) Takes { return Takes{} }
	}
	i := &Intake{
		config: c, digests: newDigests(), unfinished: newUnfinished(), now: c.Now, steady: sinceStart(c.Now()),
		quarantined: newQuarantined(),
	}

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
		// Concatenation lets one small request make the store copy gigabytes.
		DisableConcatenation: true,
		Cors:                 &handler.CorsConfig{Disable: true},
		NetworkTimeout:       c.NetworkTimeout,
		AcquireLockTimeout:   lockWait,

		GracefulRequestCompletionTimeout: completionTimeout,
		// tusd logs upload URLs and internal errors.
		Logger: tusdlog.New(tusdlog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return nil, fmt.Errorf("set up tusd: %w", err)
	}
	i.tus = http.StripPrefix(strings.TrimSuffix(basePath, "/"), tus)
	i.metrics = collectors{prometheuscollector.New(tus.Metrics), i.quarantined}
	return i, nil
}

// Metrics counts requests, errors, bytes and uploads, under tusd's names, and what was
// moved to the quarantine.
func (i *Intake) Metrics() prometheus.Collector { return i.metrics }

// Offset returns how many bytes of an upload are stored. Its error has a problem for the
// client while the store is unavailable: that is not the upload's end.
func (i *Intake) Offset(ctx context.Context, id string) (int64, error) {
	u, err := i.config.Uploads.UploadByID(ctx, id)
	if err != nil {
		return 0, err
	}
	offset, err := i.offset(ctx, u)
	switch {
	case errors.Is(err, store.ErrNotFound): // the row comes before the file
		return 0, nil
	case errors.Is(err, store.ErrAway):
		return 0, fmt.Errorf("%w: %w", problem.OffsetUnknown(), err)
	default:
		return offset, err
	}
}

// offset returns how many bytes are stored, and the length once the upload is finished:
// the bytes of a rejected upload are deleted, but they all arrived. If the bytes are
// missing, it reads the row again, since another request may have finished the upload.
func (i *Intake) offset(ctx context.Context, u library.Upload) (int64, error) {
	if u.State != library.StateUploading {
		return u.Length, nil
	}
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return min(offset, u.Length), err // finish detects excess bytes
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

// touchEvery is how often the activity of an upload is recorded. Uploads expire after
// hours.
const touchEvery = time.Second

// touch renews the expiry of an upload, unless that was done a moment ago.
func (i *Intake) touch(ctx context.Context, u library.Upload) error {
	if i.now().Sub(u.TouchedAt).Abs() < touchEvery {
		return nil
	}
	return i.config.Uploads.TouchUpload(ctx, u.ID)
}

func (i *Intake) arrived(u library.Upload) {
	if i.config.Arrivals != nil {
		i.config.Arrivals.Arrived(u)
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
	slog.ErrorContext(ctx, "intake error", "action", what, "upload", id, "error", err)
}
