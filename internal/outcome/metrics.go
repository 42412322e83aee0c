package outcome

import (
	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/library"
)

// Recorder records ends. It is a prometheus.Collector.
type Recorder struct {
	ended  *prometheus.CounterVec
	waited *prometheus.HistogramVec
}

// NewRecorder makes a recorder.
func NewRecorder() *Recorder {
	return &Recorder{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mediarelay_uploads_ended_total",
			Help: "Uploads that ended, by channel, state (done, refused or failed) and code: why, or none.",
		}, []string{"channel", "state", "code"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mediarelay_upload_last_byte_to_id_seconds",
			Help: "Time from the last byte of an upload to its media ID and handle, in seconds, by channel. Uploads that are done only.",
			// From an early send, whose answer waits for the last byte, to an outage.
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200},
		}, []string{"channel"}),
	}
}

// noCode is the label of an end without a code.
const noCode = "none"

// Begin makes a channel's counter of files that are done start at 0. If a counter appears
// with its first event, a query for increases does not see that event. The codes of the
// other ends are too many to do the same for each.
func (r *Recorder) Begin(channel string) {
	r.ended.WithLabelValues(channel, string(library.StateDone), noCode)
	r.waited.WithLabelValues(channel)
}

func (r *Recorder) count(e End) {
	code := string(e.Code)
	if code == "" {
		code = noCode
	}
	r.ended.WithLabelValues(e.Upload.Channel, string(e.State), code).Inc()
	if e.State == library.StateDone {
		r.waited.WithLabelValues(e.Upload.Channel).Observe(e.At.Sub(e.Finished).Seconds())
	}
}

// Describe implements prometheus.Collector.
func (r *Recorder) Describe(to chan<- *prometheus.Desc) {
	r.ended.Describe(to)
	r.waited.Describe(to)
}

// Collect implements prometheus.Collector.
func (r *Recorder) Collect(to chan<- prometheus.Metric) {
	r.ended.Collect(to)
	r.waited.Collect(to)
}
