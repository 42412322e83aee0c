package relay_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"mediarelay/internal/library"
	"mediarelay/internal/sandbox"
)

// line is a network line between the relay and the provider, with faults.
type line struct {
	*harness
	proxy *toxiproxy.Proxy
}

// throughLine puts a line before the sandbox, for channel acme.
func (h *harness) throughLine() *line {
	h.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "line", "127.0.0.1:0", strings.TrimPrefix(h.url, "http://"))
	h.must(proxy.Start())
	h.Cleanup(proxy.Stop)
	h.config.Providers["acme"] = h.account("http://"+proxy.Listen, key)
	return &line{h, proxy}
}

// add puts a toxic on the line.
func (l *line) add(kind, stream string, attributes map[string]int) {
	l.Helper()
	text, err := json.Marshal(map[string]any{"name": kind + stream, "type": kind, "stream": stream, "attributes": attributes})
	l.must(err)
	_, err = l.proxy.Toxics.AddToxicJson(bytes.NewReader(text))
	l.must(err)
}

func (l *line) clean() { l.proxy.Toxics.ResetToxics(l.Context()) }

// A poor line costs time, but each file is sent once.
func TestPoorLinesToTheProvider(t *testing.T) {
	for _, tt := range []struct {
		kind, stream string
		attributes   map[string]int // milliseconds, bytes; a rate in KB a second
	}{
		{"latency", "downstream", map[string]int{"latency": 400, "jitter": 200}},
		{"latency", "upstream", map[string]int{"latency": 400, "jitter": 200}},
		{"bandwidth", "upstream", map[string]int{"rate": 2000}},
		{"bandwidth", "downstream", map[string]int{"rate": 1}},
		{"slicer", "upstream", map[string]int{"average_size": 4000, "size_variation": 2000, "delay": 100}},
		{"slow_close", "downstream", map[string]int{"delay": 500}},
	} {
		t.Run(tt.kind+" "+tt.stream, func(t *testing.T) {
			each(t, func(h *harness) {
				l := h.throughLine()
				l.add(tt.kind, tt.stream, tt.attributes)
				h.relay()
				h.finish("u1", large(700), both...)
				h.awaitState("u1", library.StateDone)
				h.wantCalls(sandbox.OpUploadMedia, 1)
				h.wantCalls(sandbox.OpSendSession, 1)
			})
		})
	}
}

// The line breaks the first attempts, each of which is seen to fail. Once it works the
// file arrives, under one media ID and one handle.
func TestBreakingLinesToTheProvider(t *testing.T) {
	for _, tt := range []struct {
		name, kind, stream string
		attributes         map[string]int
		ambiguous          bool // the provider may have every byte
	}{
		{"C1 down", "", "", nil, false},
		{"C2 silent after the request", "timeout", "downstream", map[string]int{"timeout": 200}, true},
		{"C3 reset in the body", "limit_data", "upstream", map[string]int{"bytes": 500_000}, false},
		{"C3 reset after a while", "reset_peer", "upstream", map[string]int{"timeout": 10}, false},
		{"C3 closed in the answer", "limit_data", "downstream", map[string]int{"bytes": 20}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(h *harness) {
				h.client.Timeout = 20 * time.Second
				l := h.throughLine()
				if tt.kind == "" {
					l.proxy.Stop()
				} else {
					l.add(tt.kind, tt.stream, tt.attributes)
				}
				h.relay()
				h.finish("u1", large(710), both...)
				h.awaitFailures(2)
				if tt.kind == "" {
					h.must(l.proxy.Start())
				} else {
					l.clean()
				}
				h.awaitState("u1", library.StateDone)
				if ambiguous := h.metric("mediarelay_relay_ambiguous_total"); (ambiguous > 0) != tt.ambiguous {
					h.Errorf("%v attempts are ambiguous", ambiguous)
				}
			})
		})
	}
}

// awaitFailures waits until so many attempts have failed, which proves that the fault
// was reached.
func (h *harness) awaitFailures(want int) {
	h.Helper()
	deadline := time.Now().Add(patience)
	for h.metric("mediarelay_provider_request_duration_seconds") < float64(want) {
		if time.Now().After(deadline) {
			h.Fatal("the line was never used")
		}
		time.Sleep(5 * time.Millisecond) // a counter gives no sign
	}
}
