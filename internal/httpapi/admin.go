package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"strings"
	"sync"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/problem"
)

// readyTimeout is how long all checks of a readiness probe may take. Kubernetes and
// most load balancers give up on a probe after 1 s to 5 s.
const readyTimeout = 2 * time.Second

// Pinger checks that the database responds.
type Pinger interface {
	Ping(ctx context.Context) error
}

// Readier checks that the store accepts writes, or that tokens can be verified.
type Readier interface {
	Ready(ctx context.Context) error
}

// Breakers are the circuit breakers of the channels; *breaker.Breaker implements it.
type Breakers interface {
	// Open lists the channels that are paused.
	Open(ctx context.Context) ([]breaker.Circuit, error)
}

// AdminConfig configures the operators' handler. Every field is required unless stated
// otherwise.
type AdminConfig struct {
	Database Pinger
	Store    Readier
	Channels Breakers
	// KeySet checks that tokens can be verified; nil if nothing can prevent that.
	KeySet Readier
	// Notes returns warnings that do not make the server unready, one line each.
	Notes   func() []string
	Metrics *Metrics
	Logger  *slog.Logger
	// Pprof serves Go's profiles. They show addresses and names of functions, and a
	// profile costs CPU time, so they are off unless an operator asks for them.
	Pprof bool
}

// NewAdmin returns the handler of the private listener: /readyz and /metrics. It
// reports that the server is not ready once the request's context is cancelled,
// which happens at shutdown.
func NewAdmin(c AdminConfig) http.Handler {
	a := &admin{AdminConfig: c, down: map[string]bool{}}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", c.Metrics.Handler())
	mux.HandleFunc("GET /readyz", a.ready)
	if c.Pprof {
		routeProfiles(mux)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { problem.Write(w, problem.NotFound()) })
	return mux
}

// routeProfiles serves the profiles under the paths that go tool pprof expects.
func routeProfiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("POST /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
}

// admin remembers which components failed their last check.
type admin struct {
	AdminConfig
	mu   sync.Mutex
	down map[string]bool
}

// record keeps the result of a check and logs failures and recoveries.
func (c *admin) record(ctx context.Context, part string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.Logger.WarnContext(ctx, "not ready", "part", part, "error", err.Error())
	case c.down[part]:
		c.Logger.InfoContext(ctx, "ready again", "part", part)
	}
	c.down[part] = err != nil
}

func (c *admin) ready(w http.ResponseWriter, r *http.Request) {
	if r.Context().Err() != nil {
		problem.Write(w, problem.ShuttingDown())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	for _, part := range c.parts() {
		err := part.check(ctx)
		c.record(ctx, part.name, err)
		if err != nil {
			p := problem.Unavailable()
			p.Detail = "The " + part.name + " is not ready. See the server's log for the reason."
			problem.Write(w, p)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ready\n" + c.warnings(ctx)))
}

// part is one thing that the server needs.
type part struct {
	name  string
	check func(context.Context) error
}

func (c AdminConfig) parts() []part {
	list := []part{{"database", c.Database.Ping}, {"store", c.Store.Ready}}
	if c.KeySet != nil {
		list = append(list, part{"key set", c.KeySet.Ready})
	}
	return list
}

// warnings lists the paused channels and the notes. The server is ready all the same:
// it accepts and stores uploads for a paused channel.
func (c AdminConfig) warnings(ctx context.Context) string {
	circuits, err := c.Channels.Open(ctx)
	if err != nil {
		c.Logger.WarnContext(ctx, "could not read the states of the channels", "error", err.Error())
		return ""
	}
	var b strings.Builder
	for _, circuit := range circuits {
		fmt.Fprintf(&b, "channel %s paused since %s: %s, next attempt %s\n", circuit.Channel,
			circuit.OpenedAt.Format(time.RFC3339), circuit.Cause, circuit.ProbeAt.Format(time.RFC3339))
	}
	for _, note := range c.Notes() {
		b.WriteString(note + "\n")
	}
	return b.String()
}
