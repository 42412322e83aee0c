package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/problem"
)

// readyWithin is how long a part may take to say that it is ready. Kubernetes and
// most load balancers give up on a probe after 1 s to 5 s.
const readyWithin = 2 * time.Second

// Pinger is a database that can be asked whether it answers.
type Pinger interface {
	Ping(ctx context.Context) error
}

// Readier is a store that can be asked whether it takes bytes.
type Readier interface {
	Ready(ctx context.Context) error
}

// Breakers are the circuit breakers of the channels; *breaker.Breaker has them.
type Breakers interface {
	// Open lists the channels that are paused.
	Open(ctx context.Context) ([]breaker.Circuit, error)
}

// AdminConfig is what the operators' handler stands on. Every field is needed.
type AdminConfig struct {
	Database Pinger
	Store    Readier
	Channels Breakers
	// Notes are what operators should know that keeps nobody from work, a line each.
	Notes   func() []string
	Metrics *Metrics
	Logger  *slog.Logger
}

// NewAdmin makes the handler of the private listener: /readyz and /metrics. A
// request whose context has ended, since the server stops, is not ready.
func NewAdmin(c AdminConfig) http.Handler {
	a := &admin{AdminConfig: c, down: map[string]bool{}}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", c.Metrics.Handler())
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { problem.Write(w, problem.NotFound()) })
	return mux
}

// admin remembers which parts were not ready when they were last asked.
type admin struct {
	AdminConfig
	mu   sync.Mutex
	down map[string]bool
}

// note keeps what a part answered, and tells operators when it is ready again.
func (c *admin) note(ctx context.Context, part string, err error) {
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
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	for _, part := range []struct {
		name  string
		check func(context.Context) error
	}{{"database", c.Database.Ping}, {"store", c.Store.Ready}} {
		err := part.check(ctx)
		c.note(ctx, part.name, err)
		if err != nil {
			p := problem.Unavailable()
			p.Detail = "The " + part.name + " is not ready. The server's log says why."
			problem.Write(w, p)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ready\n" + c.paused(ctx)))
}

// paused lists the channels that are paused. The server is ready all the same: it
// accepts their uploads and keeps them.
func (c AdminConfig) paused(ctx context.Context) string {
	circuits, err := c.Channels.Open(ctx)
	if err != nil {
		c.Logger.WarnContext(ctx, "the channels' states could not be read", "error", err.Error())
		return ""
	}
	var b strings.Builder
	for _, circuit := range circuits {
		fmt.Fprintf(&b, "channel %s paused since %s: %s, next try %s\n", circuit.Channel,
			circuit.OpenedAt.Format(time.RFC3339), circuit.Cause, circuit.ProbeAt.Format(time.RFC3339))
	}
	for _, note := range c.Notes() {
		b.WriteString(note + "\n")
	}
	return b.String()
}
