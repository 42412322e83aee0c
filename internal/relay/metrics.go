package relay

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
)

// scrapeWithin bounds what one scrape may ask of the database.
const scrapeWithin = 2 * time.Second

// Metrics is what operators read of relays and providers. It is a
// prometheus.Collector.
type Metrics struct {
	library *library.Library

	running   *prometheus.GaugeVec
	ends      *prometheus.CounterVec
	ambiguous *prometheus.CounterVec
	orphans   *prometheus.CounterVec
	foreruns  *prometheus.CounterVec
	requests  *prometheus.HistogramVec
	bytes     *prometheus.CounterVec
}

// NewMetrics makes the metrics of a relay over a library.
func NewMetrics(l *library.Library) *Metrics {
	return &Metrics{
		library: l,
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mediarelay_relays_running", Help: "Relays that this process works on, by channel.",
		}, []string{"channel"}),
		ends: counter("mediarelay_relays_total", "Relays that ended, by channel and the upload's state: done, refused or failed.",
			"channel", "state"),
		ambiguous: counter("mediarelay_relay_ambiguous_total",
			"Attempts after which the provider may hold a media object or a handle that nobody uses, by channel.", "channel"),
		orphans: counter("mediarelay_relay_orphans_total",
			"Copies that the provider gave and that were not recorded, since another worker had taken over or the database was away.",
			"channel", "copy"),
		foreruns: counter("mediarelay_foreruns_total",
			"Requests that began while their upload still arrived, by channel, copy and outcome: won, broken by the provider, or aborted.",
			"channel", "copy", "outcome"),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mediarelay_provider_request_duration_seconds",
			Help: "Time of requests to providers, by channel, operation and outcome: ok, broken_off by us, or the cause of the failure.",
			// From an offset to 100 MB on a poor line.
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300},
		}, []string{"channel", "operation", "outcome"}),
		bytes: counter("mediarelay_provider_sent_bytes_total",
			"Bytes of files that were read to be sent to providers, by channel and operation.", "channel", "operation"),
	}
}

// What becomes of a forerun.
const (
	wonForerun     = "won"
	brokenForerun  = "broken"
	abortedForerun = "aborted"
)

// begin lets a channel's counters begin at 0. One that appears with its first event
// hides that event from whoever asks for an increase.
func (m *Metrics) begin(channel string) {
	m.ambiguous.WithLabelValues(channel)
	for _, state := range []library.State{library.StateDone, library.StateRefused, library.StateFailed} {
		m.ends.WithLabelValues(channel, string(state))
	}
	for _, c := range []media.Copy{media.CopyMediaID, media.CopyHandle} {
		m.orphans.WithLabelValues(channel, string(c))
		for _, outcome := range []string{wonForerun, brokenForerun, abortedForerun} {
			m.foreruns.WithLabelValues(channel, string(c), outcome)
		}
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func (m *Metrics) ended(channel string, state library.State) {
	m.ends.WithLabelValues(channel, string(state)).Inc()
}

var (
	waitingDesc = prometheus.NewDesc("mediarelay_relays_waiting",
		"Relays that are not ended, of all replicas, by channel.", []string{"channel"}, nil)
	oldestDesc = prometheus.NewDesc("mediarelay_relays_oldest_timestamp_seconds",
		"When the oldest relay that is not ended began to wait, by channel.", []string{"channel"}, nil)
	stoppedDesc = prometheus.NewDesc("mediarelay_channel_stopped",
		"1 for each channel that has stopped, with the cause: auth, rate or unavailable.", []string{"channel", "cause"}, nil)
	sinceDesc = prometheus.NewDesc("mediarelay_channel_stopped_timestamp_seconds",
		"Since when the channel has stopped.", []string{"channel"}, nil)
)

func (m *Metrics) parts() []prometheus.Collector {
	return []prometheus.Collector{m.running, m.ends, m.ambiguous, m.orphans, m.foreruns, m.requests, m.bytes}
}

// Describe is for prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, part := range m.parts() {
		part.Describe(to)
	}
	for _, desc := range []*prometheus.Desc{waitingDesc, oldestDesc, stoppedDesc, sinceDesc} {
		to <- desc
	}
}

// Collect is for prometheus.Collector. What all replicas share is read from the
// database; where that does not answer, the process's own figures still come.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	for _, part := range m.parts() {
		part.Collect(to)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWithin)
	defer cancel()
	waiting, err := m.library.WaitingRelays(ctx)
	if err == nil {
		collectWaiting(waiting, to)
	}
	circuits, circuitsErr := m.library.OpenCircuits(ctx)
	if circuitsErr == nil {
		collectCircuits(circuits, to)
	}
	if err != nil || circuitsErr != nil {
		slog.WarnContext(ctx, "relays could not be counted", "error", err, "circuits_error", circuitsErr)
	}
}

func collectWaiting(waiting []library.Waiting, to chan<- prometheus.Metric) {
	for _, w := range waiting {
		to <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(w.Relays), w.Channel)
		to <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, float64(w.Oldest.Unix()), w.Channel)
	}
}

func collectCircuits(circuits []library.Circuit, to chan<- prometheus.Metric) {
	for _, c := range circuits {
		to <- prometheus.MustNewConstMetric(stoppedDesc, prometheus.GaugeValue, 1, c.Channel, c.Cause)
		to <- prometheus.MustNewConstMetric(sinceDesc, prometheus.GaugeValue, float64(c.OpenedAt.Unix()), c.Channel)
	}
}
