package relay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/outcome"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
)

// logs are the lines of all tests, which tell theirs by their uploads' ids.
var logs = logbook{next: make(chan struct{})}

type logbook struct {
	mu    sync.Mutex
	lines bytes.Buffer
	next  chan struct{} // closed with the next line
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.next)
	l.next = make(chan struct{})
	return l.lines.Write(p)
}

func (l *logbook) nextLine() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next
}

// of gives the lines that hold a text, each with its fields.
func (l *logbook) of(text string) (found []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.lines.String()) {
		fields := map[string]any{}
		if strings.Contains(line, text) && json.Unmarshal([]byte(line), &fields) == nil {
			found = append(found, fields)
		}
	}
	return found
}

// One line tells the outcome of a file. It has the media ID, and never a handle.
func TestARelayedFileLeavesOneLine(t *testing.T) {
	each(t, func(h *harness) {
		h.relay()
		id := freshID()
		h.finish(id, picture(700), media.PurposeMessage, media.PurposeTemplate)
		u := h.awaitState(id, library.StateDone)
		line := h.awaitLine(id, "upload ended")
		for _, c := range h.asset(u).Content.Copies {
			if c.Copy == media.CopyMediaID && line["media_id"] != c.Value {
				h.Errorf("media_id %v, want %s", line["media_id"], c.Value)
			}
			if c.Copy == media.CopyHandle && len(logs.of(c.Value)) > 0 {
				h.Error("the log holds a handle")
			}
		}
		if line["level"] != "INFO" || line["channel"] != "acme" || line["attempts"] != 1.0 ||
			fmt.Sprint(line["copies"]) != "[media_id handle]" || line["relay_milliseconds"] == nil || line["waiting_milliseconds"] == nil ||
			line["state"] != "done" || line["delivery"] != "sent" || line["size"] != float64(u.Length) {
			h.Errorf("the line is %v", line)
		}
	})
}

// The line of a failed attempt says when the next one is, or that there is none. The
// line of a paused channel has the provider's own words, and is an error only if an
// operator must act.
func TestTheLogExplainsAFailure(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  func(trace string) sandbox.Fault
		next   string
		level  string // of the pause; empty if the channel is not paused
		cause  string
		paused float64
	}{
		{"no key", func(trace string) sandbox.Fault {
			return answered(401, `{"meta":{"developer_message":"Invalid api_key","360dialog_trace_id":"`+trace+`"}}`)
		}, "when the channel resumes", "ERROR", "auth", 1},
		{"too fast", func(trace string) sandbox.Fault {
			return answered(429, `{"error":{"message":"Too many","code":4,"fbtrace_id":"`+trace+`"}}`)
		}, "20", "WARN", "rate", 1},
		{"passing, once", func(trace string) sandbox.Fault {
			return answered(503, `{"error":{"message":"busy","code":131016,"fbtrace_id":"`+trace+`"}}`)
		}, "20", "", "", 0},
		{"for good", func(trace string) sandbox.Fault {
			return answered(400, `{"error":{"message":"no","code":131053,"fbtrace_id":"`+trace+`"}}`)
		}, "none", "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(h *harness) {
				h.freeze()
				id, trace := freshID(), "T"+freshID()
				h.script(sandbox.OpUploadMedia, tt.fault(trace))
				h.relay()
				h.finish(id, picture(710), media.PurposeMessage)
				h.awaitProblem(id)
				line := h.awaitLine(id, "relay attempt failed")
				if next := fmt.Sprint(line["next_try"]); !strings.HasPrefix(next, tt.next) || line["level"] != "WARN" {
					h.Errorf("next_try %s, want %s: %v", next, tt.next, line)
				}
				h.wantMetric("mediarelay_channel_paused", tt.paused)
				if tt.level != "" {
					pause := h.awaitLine(trace, "channel paused")
					if pause["level"] != tt.level || pause["cause"] != tt.cause || pause["next_try"] == nil {
						h.Errorf("the line is %v", pause)
					}
				}
			})
		})
	}
}

// Operators read the same cause whether or not a provider that does not answer may have
// the file.
func TestAPauseHasACauseThatOperatorsKnow(t *testing.T) {
	each(t, func(h *harness) {
		h.freeze()
		h.script(sandbox.OpUploadMedia, sandbox.Answer(503, map[string][]string{"Retry-After": {"60"}}, "no room"))
		h.relay()
		id := freshID()
		h.finish(id, picture(720), media.PurposeMessage)
		h.awaitProblem(id)
		if h.metric("mediarelay_channel_paused", "cause", "unavailable") != 1 {
			h.Error("the channel is not paused as unavailable")
		}
	})
}

// A query for increases does not see the event with which a counter appears.
func TestCountersBeginAtZero(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Ends = outcome.NewRecorder()
		relay.New(h.config)
		registry := prometheus.NewRegistry()
		h.must(registry.Register(h.metrics))
		h.must(registry.Register(h.config.Ends))
		families, err := registry.Gather()
		h.must(err)
		series := map[string]int{}
		for _, family := range families {
			series[family.GetName()] = len(family.GetMetric())
		}
		for name, perChannel := range map[string]int{
			"mediarelay_uploads_ended_total": 1, "mediarelay_relay_ambiguous_total": 1,
			"mediarelay_relay_orphans_total": 2, "mediarelay_early_sends_total": 6,
		} {
			if want := perChannel * len(channels); series[name] != want {
				h.Errorf("%s has %d series, want %d", name, series[name], want)
			}
		}
	})
}

var ids atomic.Int64

// freshID is an upload's id that no other test has.
func freshID() string { return fmt.Sprintf("logged-%04d", ids.Add(1)) }

// awaitLine waits for the line of a message that holds a text.
func (h *harness) awaitLine(text, message string) map[string]any {
	h.Helper()
	deadline := time.After(patience)
	for {
		next := logs.nextLine()
		for _, line := range logs.of(text) {
			if line["msg"] == message {
				return line
			}
		}
		select {
		case <-next:
		case <-deadline:
			h.Fatalf("the log never said %q of %s", message, text)
		}
	}
}
