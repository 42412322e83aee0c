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

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/outcome"
	"mediarelay/internal/problem"
	"mediarelay/internal/store"
)

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
