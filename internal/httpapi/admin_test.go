package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/httpapi"
)

type probe func(context.Context) error

func (p probe) Ping(ctx context.Context) error  { return p(ctx) }
func (p probe) Ready(ctx context.Context) error { return p(ctx) }

func fine(context.Context) error { return nil }

type circuits []breaker.Circuit

func (c circuits) Open(context.Context) ([]breaker.Circuit, error) { return c, nil }

// A paused channel does not make the server unready: it accepts uploads for it.
func TestReadinessListsPausedChannels(t *testing.T) {
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	r := askAdmin(t.Context(), httpapi.AdminConfig{
		Database: probe(fine), Store: probe(fine), Metrics: httpapi.NewMetrics(), Logger: slog.New(slog.DiscardHandler),
		Channels: circuits{{Channel: "acme", Cause: "auth", OpenedAt: at, ProbeAt: at.Add(time.Minute)}},
		Notes:    func() []string { return []string{"channel beta is new"} },
	}, "/readyz")
	const want = "ready\nchannel acme paused since 2026-11-21T08:00:00Z: auth, next attempt 2026-11-21T08:01:00Z\n" +
		"channel beta is new\n"
	if r.Code != 200 || r.Body.String() != want {
		t.Errorf("status %d: %s", r.Code, r.Body)
	}
}

func askAdmin(ctx context.Context, c httpapi.AdminConfig, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	if c.Channels == nil {
		c.Channels = circuits(nil)
	}
	if c.Notes == nil {
		c.Notes = func() []string { return nil }
	}
	httpapi.NewAdmin(c).ServeHTTP(recorder, httptest.NewRequest("GET", path, nil).WithContext(ctx))
	return recorder
}

func TestReadinessChecksDatabaseStoreAndKeySet(t *testing.T) {
	broken := probe(func(context.Context) error { return errors.New("canary: disk gone") })
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for _, tt := range []struct {
		name     string
		ctx      context.Context
		database probe
		store    probe
		keySet   httpapi.Readier
		status   int
		want     string
	}{
		{"all well", t.Context(), fine, fine, nil, 200, "ready"},
		{"no database", t.Context(), broken, fine, nil, 503, "The database is not ready"},
		{"no store", t.Context(), fine, broken, nil, 503, "The store is not ready"},
		{"no key set", t.Context(), fine, fine, broken, 503, "The key set is not ready"},
		{"stopping", stopped, fine, fine, nil, 503, "shutting_down"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := askAdmin(tt.ctx, httpapi.AdminConfig{
				Database: tt.database, Store: tt.store, KeySet: tt.keySet, Metrics: httpapi.NewMetrics(), Logger: slog.New(slog.DiscardHandler),
			}, "/readyz")
			if r.Code != tt.status || !strings.Contains(r.Body.String(), tt.want) {
				t.Errorf("status %d: %s", r.Code, r.Body)
			}
			if strings.Contains(r.Body.String(), "canary") {
				t.Errorf("the cause is for the log: %s", r.Body)
			}
		})
	}
}

// An operator who was alerted needs one line in the log when it is over.
func TestRecoveryIsLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	var away error
	handler := httpapi.NewAdmin(httpapi.AdminConfig{
		Database: probe(fine), Store: probe(func(context.Context) error { return away }), Channels: circuits(nil),
		Notes: func() []string { return nil }, Metrics: httpapi.NewMetrics(), Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	for _, step := range []struct {
		err  error
		want int // lines so far
	}{{nil, 0}, {errors.New("disk gone"), 0}, {nil, 1}, {nil, 1}} {
		away = step.err
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/readyz", nil))
		if got := strings.Count(log.String(), `msg="ready again" part=store`); got != step.want {
			t.Errorf("after %v: %d lines, want %d: %s", step.err, got, step.want, log.String())
		}
	}
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	w := newWorld(t, nil)
	w.ask("GET", "/v1/uploads/"+uploadID, "ada")
	w.ask("GET", "/v1/uploads/"+uploadID, "")
	w.ask("GET", "/nowhere/1", "")
	w.ask("BREW", "/nowhere/2", "")
	admin := httpapi.AdminConfig{Database: probe(fine), Store: probe(fine), Metrics: w.config.Metrics, Logger: w.config.Logger}
	text := askAdmin(t.Context(), admin, "/metrics").Body.String()
	for _, want := range []string{
		`mediarelay_http_requests_total{method="GET",route="/v1/uploads/:id",status="200"} 1`,
		`mediarelay_http_requests_total{method="GET",route="/v1/uploads/:id",status="401"} 1`,
		`mediarelay_http_requests_total{method="GET",route="none",status="404"} 1`,
		`mediarelay_http_requests_total{method="other",route="none",status="404"} 1`,
		`mediarelay_http_request_duration_seconds_count{method="GET",route="/v1/uploads/:id",status="200"} 1`,
		"go_goroutines", "process_open_fds",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, uploadID) {
		t.Error("an upload's id is a label")
	}
	if r := askAdmin(t.Context(), admin, "/debug/pprof/"); r.Code != 404 {
		t.Errorf("pprof responds with %d", r.Code)
	}
	admin.Pprof = true
	if r := askAdmin(t.Context(), admin, "/debug/pprof/goroutine?debug=1"); r.Code != 200 || !strings.Contains(r.Body.String(), "goroutine profile") {
		t.Errorf("with Pprof it responds with %d: %s", r.Code, r.Body)
	}
}
