package relay

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/breaker"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/relay/early"
)

// scrapeTimeout bounds the database queries of one scrape.
const scrapeTimeout = 2 * time.Second

// Metrics are what operators read of relays and providers. It is a
// prometheus.Collector.
type Metrics struct {
	library *library.Library
	breaker *breaker.Breaker

	running   *prometheus.GaugeVec
	ambiguous *prometheus.CounterVec
	orphans   *prometheus.CounterVec
	early     *prometheus.CounterVec
	requests  *prometheus.HistogramVec
	bytes     *prometheus.CounterVec
}

// NewMetrics makes the metrics of a relay over a library.
func NewMetrics(l *library.Library) *Metrics {
	return &Metrics{
		library: l, breaker: breaker.New(l),
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mediarelay_relays_running", Help: "Relays that run in this process, by channel.",
		}, []string{"channel"}),
		ambiguous: counter("mediarelay_relay_ambiguous_total",
			"Attempts after which the provider may hold a media object or a handle that is not used, by channel.", "channel"),
		orphans: counter("mediarelay_relay_orphans_total",
			"Copies that the provider gave and that could not be recorded: another worker had taken over, or the database did not answer.",
			"channel", "copy"),
		early: counter("mediarelay_early_sends_total",
			"Copies whose sending began while their upload still arrived, by channel, copy and outcome: won, broken by the provider, or aborted.",
			"channel", "copy", "outcome"),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mediarelay_provider_request_duration_seconds",
			Help: "Time of requests to providers, by channel, operation and outcome: ok, broken_off by us, or the cause of the failure.",
			// From a session's offset to 100 MB on a slow line.
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300},
		}, []string{"channel", "operation", "outcome"}),
		bytes: counter("mediarelay_provider_sent_bytes_total",
			"Bytes of files that were read to be sent to providers, by channel and operation.", "channel", "operation"),
	}
}

// begin makes a channel's counters start at 0. If a counter appears with its first
// event, a query for increases does not see that event.
func (m *Metrics) begin(channel string) {
	m.ambiguous.WithLabelValues(channel)
	for _, c := range []media.Copy{media.CopyMediaID, media.CopyHandle} {
		m.orphans.WithLabelValues(channel, string(c))
		for _, result := range early.Results {
			m.early.WithLabelValues(channel, string(c), string(result))
		}
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func (m *Metrics) earlySendEnded(channel string, c media.Copy, r early.Result) {
	m.early.WithLabelValues(channel, string(c), string(r)).Inc()
}

var (
	waitingDesc = prometheus.NewDesc("mediarelay_relays_waiting",
		"Relays of all replicas that have not ended, by channel.", []string{"channel"}, nil)
	oldestDesc = prometheus.NewDesc("mediarelay_relays_oldest_timestamp_seconds",
		"When the oldest relay that has not ended was opened, by channel.", []string{"channel"}, nil)
	pausedDesc = prometheus.NewDesc("mediarelay_channel_paused",
		"1 for each channel that is paused, with the cause: auth, rate or unavailable.", []string{"channel", "cause"}, nil)
	pausedSinceDesc = prometheus.NewDesc("mediarelay_channel_paused_timestamp_seconds",
		"Since when the channel is paused.", []string{"channel"}, nil)
)

func (m *Metrics) parts() []prometheus.Collector {
	return []prometheus.Collector{m.running, m.ambiguous, m.orphans, m.early, m.requests, m.bytes}
}

// Describe is for prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, part := range m.parts() {
		part.Describe(to)
	}
	for _, desc := range []*prometheus.Desc{waitingDesc, oldestDesc, pausedDesc, pausedSinceDesc} {
		to <- desc
	}
}

// Collect is for prometheus.Collector. What all replicas share is read from the
// database. If it does not answer, the process's own figures are still collected.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	for _, part := range m.parts() {
		part.Collect(to)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	waiting, err := m.library.WaitingRelays(ctx)
	if err == nil {
		collectWaiting(waiting, to)
	}
	paused, pausedErr := m.breaker.Open(ctx)
	if pausedErr == nil {
		collectPaused(paused, to)
	}
	if err != nil || pausedErr != nil {
		slog.WarnContext(ctx, "relays could not be counted", "error", err, "channels_error", pausedErr)
	}
}

func collectWaiting(waiting []library.Waiting, to chan<- prometheus.Metric) {
	for _, w := range waiting {
		to <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(w.Relays), w.Channel)
		to <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, float64(w.Oldest.Unix()), w.Channel)
	}
}

func collectPaused(circuits []breaker.Circuit, to chan<- prometheus.Metric) {
	for _, c := range circuits {
		to <- prometheus.MustNewConstMetric(pausedDesc, prometheus.GaugeValue, 1, c.Channel, c.Cause)
		to <- prometheus.MustNewConstMetric(pausedSinceDesc, prometheus.GaugeValue, float64(c.OpenedAt.Unix()), c.Channel)
	}
}
