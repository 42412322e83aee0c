package intake

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/library"
)

const (
	// orphanAge is the minimum age of bytes without a row before they are moved aside: far
	// longer than any creation takes.
	orphanAge = time.Hour
	// orphanSweepEvery is how often the store is compared with the rows, after the start.
	orphanSweepEvery = time.Hour
	// orphansLogged is how many are logged one by one in a sweep.
	orphansLogged = 100
)

func newQuarantined() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "mediarelay_store_quarantined_total",
		Help: "Uploads whose bytes were moved to the quarantine, since the database has no row for them.",
	})
}

// sweepOrphans moves bytes without a row to the quarantine, and deletes what was moved
// there longer than the retention ago. A crash or a power cut leaves such bytes, but an
// older database that was restored makes every newer upload look like one: nothing that
// was acknowledged is deleted at once.
func (i *Intake) sweepOrphans(ctx context.Context) {
	now := i.sweepTime()
	if host := time.Now(); host.Before(now) { // files have the time of this host
		now = host
	}
	moved, err := i.quarantineOrphans(ctx, now)
	purged, purgeErr := i.config.Bytes.PurgeQuarantine(ctx, now.Add(-i.config.Retention))
	if moved > 0 || purged > 0 {
		slog.WarnContext(ctx, "quarantine swept", "moved", moved, "deleted", purged, "kept_for", i.config.Retention.String())
	}
	if err := errors.Join(err, purgeErr); err != nil && ctx.Err() == nil {
		logFailure(ctx, "sweep orphans", "", err)
	}
}

func (i *Intake) quarantineOrphans(ctx context.Context, now time.Time) (moved int, err error) {
	ids, err := i.config.Bytes.Old(ctx, now.Add(-orphanAge))
	for _, id := range ids {
		if _, lookErr := i.config.Uploads.UploadByID(ctx, id); !errors.Is(lookErr, library.ErrNotFound) {
			continue // it has a row, or the database does not answer
		}
		to, moveErr := i.config.Bytes.Quarantine(ctx, id, now)
		err = errors.Join(err, moveErr)
		if to == "" {
			continue
		}
		i.quarantined.Inc()
		if moved++; moved <= orphansLogged {
			slog.WarnContext(ctx, "bytes without a row moved to the quarantine", "upload", id, "to", to)
		}
	}
	return moved, err
}

// collectors are several collectors as one.
type collectors []prometheus.Collector

// Describe implements prometheus.Collector.
func (c collectors) Describe(to chan<- *prometheus.Desc) {
	for _, collector := range c {
		collector.Describe(to)
	}
}

// Collect implements prometheus.Collector.
func (c collectors) Collect(to chan<- prometheus.Metric) {
	for _, collector := range c {
		collector.Collect(to)
	}
}
