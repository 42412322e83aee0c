package relay_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/outcome"
	"mediarelay/internal/sandbox"
)

// subjectDigest is that of the subject of every upload of this package:
// printf %s ana | sha256sum | cut -c 1-12.
const subjectDigest = "24d4b96f58da"

// Every end leaves exactly one line, which an operator can search by upload, channel, code
// and person, and one count.
func TestEveryEndLeavesOneLineAndOneCount(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Ends = outcome.NewRecorder()
		h.relay()
		done, again, refused, failed := freshID(), freshID(), freshID(), freshID()
		h.finish(done, picture(730), media.PurposeMessage)
		h.awaitState(done, library.StateDone)
		h.finish(again, picture(730), media.PurposeMessage)
		h.awaitState(again, library.StateDone)
		h.finish(refused, []byte("MZ\x90\x00"), media.PurposeMessage)
		h.awaitState(refused, library.StateRefused)
		h.script(sandbox.OpUploadMedia, answered(400, `{"error":{"message":"no","code":131053,"fbtrace_id":"T730"}}`))
		h.finish(failed, picture(731), media.PurposeMessage)
		h.awaitState(failed, library.StateFailed)

		for _, want := range []struct{ upload, state, level, delivery, code, trace string }{
			{done, "done", "INFO", "sent", "", ""},
			{again, "done", "INFO", "already there", "", ""},
			{refused, "refused", "INFO", "not sent", h.codeOf(refused), ""},
			{failed, "failed", "WARN", "not sent", "provider_refused", "T730"},
		} {
			line := h.awaitLine(want.upload, "upload ended")
			for key, value := range map[string]any{
				"upload": want.upload, "channel": "acme", "subject": subjectDigest, "state": want.state, "level": want.level,
				"delivery": want.delivery, "attempts": 1.0, "code": orNil(want.code), "trace_id": orNil(want.trace),
			} {
				if line[key] != value {
					h.Errorf("%s: %s is %v, want %v: %v", want.state, key, line[key], value, line)
				}
			}
			if n := countLines(want.upload, "upload ended"); n != 1 {
				h.Errorf("%s left %d lines", want.state, n)
			}
		}
		h.wantEnds(map[string]int{"done none": 2, "refused " + h.codeOf(refused): 1, "failed provider_refused": 1})
	})
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func countLines(text, message string) (n int) {
	for _, line := range logs.of(text) {
		if line["msg"] == message {
			n++
		}
	}
	return n
}

// codeOf is the code of a refused upload's first reason.
func (h *harness) codeOf(id string) string {
	h.Helper()
	u, err := h.library.UploadByID(h.Context(), id)
	h.must(err)
	return string(u.Verdict.Reasons[0].Code)
}

// wantEnds compares the counts by state and code.
func (h *harness) wantEnds(want map[string]int) {
	h.Helper()
	registry := prometheus.NewRegistry()
	h.must(registry.Register(h.config.Ends))
	families, err := registry.Gather()
	h.must(err)
	got := map[string]int{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, pair := range metric.GetLabel() {
				labels[pair.GetName()] = pair.GetValue()
			}
			switch {
			case labels["channel"] != "acme":
			case strings.HasSuffix(family.GetName(), "_ended_total"):
				got[labels["state"]+" "+labels["code"]] = int(metric.GetCounter().GetValue())
			case metric.GetHistogram().GetSampleCount() != uint64(want["done none"]):
				h.Errorf("%s has %d samples", family.GetName(), metric.GetHistogram().GetSampleCount())
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		h.Errorf("counted %v, want %v", got, want)
	}
}

// A channel that stays paused is told of once, and again only if its cause changes.
func TestAPauseIsLoggedOnce(t *testing.T) {
	each(t, func(h *harness) {
		prefix := "P" + freshID()
		answers := []sandbox.Fault{
			answered(401, `{"meta":{"developer_message":"Invalid api_key","360dialog_trace_id":"`+prefix+`-a"}}`),
			answered(401, `{"meta":{"developer_message":"Invalid api_key","360dialog_trace_id":"`+prefix+`-b"}}`),
			answered(401, `{"meta":{"developer_message":"Invalid api_key","360dialog_trace_id":"`+prefix+`-c"}}`),
		}
		var last *sandbox.Scripted
		for _, fault := range answers {
			last = h.sandbox.Faults().Add(sandbox.OpUploadMedia, fault)
		}
		h.relay()
		id := freshID()
		h.finish(id, picture(740), media.PurposeMessage)
		h.awaitProblem(id)
		for fired := false; !fired; {
			h.clock.advance(20 * time.Minute) // the end of every cool-down
			select {
			case <-last.Fired():
				fired = true
			case <-time.After(50 * time.Millisecond):
			}
		}
		h.clock.advance(20 * time.Minute)
		h.awaitState(id, library.StateDone)
		if n := countLines(prefix, "channel paused"); n != 1 {
			h.Errorf("%d lines, want one: %v", n, logs.of(prefix))
		}
	})
}
