package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests, in a registry of its own beside what Go and the
// operating system tell of the process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// NewMetrics makes the counters.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mediarelay_http_requests_total",
			Help: "Requests that were answered, by method, route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mediarelay_http_request_duration_seconds",
			Help: "Time from a request's header to the end of its answer, without event streams.",
			// From an answer out of memory to a chunk of 16 MiB on a poor line.
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.requests, m.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registerer takes the metrics of other parts.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

// Handler answers with every metric in Prometheus' own format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// measure counts a request when it has been answered.
func (m *Metrics) measure(c *gin.Context) {
	start := time.Now()
	defer func() {
		labels := []string{methodOf(c.Request.Method), routeOf(c), strconv.Itoa(c.Writer.Status())}
		m.requests.WithLabelValues(labels...).Inc()
		// A stream of events lasts as long as its upload and says nothing of the server.
		if !strings.HasSuffix(c.FullPath(), "/events") {
			m.duration.WithLabelValues(labels...).Observe(time.Since(start).Seconds())
		}
	}()
	c.Next()
}

// methodOf gives all invented methods one name: strangers can think of many.
func methodOf(method string) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}
	if slices.Contains(known, method) {
		return method
	}
	return "other"
}
