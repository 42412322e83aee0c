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

// Metrics counts requests. Its registry also has the metrics of the Go runtime and of
// the process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// NewMetrics returns metrics with a registry of their own.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mediarelay_http_requests_total",
			Help: "Requests served, by method, route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mediarelay_http_request_duration_seconds",
			Help: "Time from the header of a request to the end of the response, without event streams.",
			// From a response out of memory to a chunk of 16 MiB on a slow connection.
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.requests, m.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registerer registers the metrics of other packages.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

// Handler serves all metrics in the Prometheus text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// measure counts a request and its duration.
func (m *Metrics) measure(c *gin.Context) {
	start := time.Now()
	defer func() {
		labels := []string{methodOf(c.Request.Method), routeOf(c), strconv.Itoa(c.Writer.Status())}
		m.requests.WithLabelValues(labels...).Inc()
		// An event stream lasts as long as its upload: its duration says nothing about
		// the server.
		if !strings.HasSuffix(c.FullPath(), "/events") {
			m.duration.WithLabelValues(labels...).Observe(time.Since(start).Seconds())
		}
	}()
	c.Next()
}

// methodOf returns the method, or one label for all unknown methods.
func methodOf(method string) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}
	if slices.Contains(known, method) {
		return method
	}
	return "other"
}
