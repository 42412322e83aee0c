package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/store"
)

// How often the size of the store is measured, and how long that may take. It reads the
// whole folder: 20,000 files take a tenth of a second.
const (
	usageInterval = time.Minute
	usageTimeout  = 5 * time.Second
)

var (
	usedDesc = prometheus.NewDesc("mediarelay_store_used_bytes",
		"Bytes of all files in the store, those of unfinished uploads included. Measured at most once a minute.", nil, nil)
	freeDesc = prometheus.NewDesc("mediarelay_store_free_bytes",
		"Bytes that can still be written to the file system of the store.", nil, nil)
)

// storeMetrics measure the store's folder. They are a prometheus.Collector.
type storeMetrics struct {
	dir string

	mu         sync.Mutex
	measuredAt time.Time
	used       int64
	known      bool
}

func newStoreMetrics(dir string) *storeMetrics { return &storeMetrics{dir: dir} }

// Describe implements prometheus.Collector.
func (m *storeMetrics) Describe(to chan<- *prometheus.Desc) {
	to <- usedDesc
	to <- freeDesc
}

// Collect implements prometheus.Collector. What cannot be measured is left out.
func (m *storeMetrics) Collect(to chan<- prometheus.Metric) {
	if free, err := store.FreeBytes(m.dir); err == nil {
		to <- prometheus.MustNewConstMetric(freeDesc, prometheus.GaugeValue, float64(free))
	}
	if used, ok := m.usedBytes(); ok {
		to <- prometheus.MustNewConstMetric(usedDesc, prometheus.GaugeValue, float64(used))
	}
}

func (m *storeMetrics) usedBytes() (used int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.measuredAt) < usageInterval {
		return m.used, m.known
	}
	ctx, cancel := context.WithTimeout(context.Background(), usageTimeout)
	defer cancel()
	used, err := store.UsedBytes(ctx, m.dir)
	if err != nil {
		slog.WarnContext(ctx, "the store could not be measured", "error", err)
	}
	m.measuredAt, m.used, m.known = time.Now(), used, err == nil
	return m.used, m.known
}
