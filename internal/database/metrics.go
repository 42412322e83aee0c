package database

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// strength is what a commit survives.
type strength string

const (
	durable strength = "durable" // a power cut
	relaxed strength = "relaxed" // the death of the process
)

// metrics are what operators read of the database.
type metrics struct {
	queue   prometheus.Gauge
	commits *prometheus.HistogramVec
	batches prometheus.Histogram
}

func newMetrics() *metrics {
	m := &metrics{
		queue: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "mediarelay_database_queue_length",
			Help: "Transactions that wait: on SQLite for their turn, on Postgres for a connection.",
		}),
		commits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mediarelay_database_commit_seconds",
			Help: "Time of commits in seconds, without the statements before, by what the commit survives: durable or relaxed.",
			// From a write to the page cache to a disk that is about to fail.
			Buckets: []float64{.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"strength"}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "mediarelay_database_batch_size",
			Help:    "Transactions that were committed together, with one flush. Always 1 on Postgres.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 8), // to maxBatch
		}),
	}
	for _, s := range []strength{durable, relaxed} {
		m.commits.WithLabelValues(string(s))
	}
	return m
}

// committed counts a commit of some transactions.
func (m *metrics) committed(s strength, transactions int, took time.Duration) {
	m.commits.WithLabelValues(string(s)).Observe(took.Seconds())
	m.batches.Observe(float64(transactions))
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(into chan<- *prometheus.Desc) {
	m.queue.Describe(into)
	m.commits.Describe(into)
	m.batches.Describe(into)
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(into chan<- prometheus.Metric) {
	m.queue.Collect(into)
	m.commits.Collect(into)
	m.batches.Collect(into)
}
