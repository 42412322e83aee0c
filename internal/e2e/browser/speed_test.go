package browser

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// On a steady line, speed and remaining time are within a quarter of the truth from the
// third second on. The test runs alone, since other browsers' work would make the line
// unsteady, and one sample in ten may be off: a busy machine can hold a chunk back.
func TestSpeedAndTimeLeftAreAccurate(t *testing.T) {
	stage.LongTest(t)
	const rate = 512 << 10
	s := browserstage.New(t)
	s.Proxy.SetRate(rate)
	s.OpenForMessages()
	s.Evaluate(`sampleRow("notes.txt")`)
	content := stage.Notes(8 << 20)
	s.Drop(s.File("notes.txt", content))
	s.WantIntact("notes.txt", content)
	samples := browserstage.Value[[]progressSample](s, `samples`)
	began := time.UnixMilli(s.Events("upload-progress")[0].At)
	requests := s.Proxy.Requests()
	last := requests[0]
	for _, r := range requests {
		if r.Length > 0 {
			last = r
		}
	}
	carried := float64(len(content)) / last.Answered.Sub(began).Seconds()
	if carried < 0.8*rate {
		t.Skipf("this machine is too busy for a steady line: %.0f bytes a second of %d", carried, rate)
	}
	judged := 0
	var off []string
	for _, now := range samples {
		speed, left, ok := parseSpeed(now.Text)
		at := time.UnixMilli(now.At)
		if !ok || at.After(last.Answered) || now.State != "uploading" || at.Sub(began) < 3*time.Second {
			continue
		}
		judged++
		if speed < 0.75*carried || speed > 1.25*carried {
			off = append(off, fmt.Sprintf("after %v the row says %.0f bytes a second, and the line carries %.0f", at.Sub(began), speed, carried))
		}
		// Seconds are shown whole, so half of one is within what is said.
		if truth := last.Answered.Sub(at).Seconds(); left < 0.75*truth-1 || left > 1.25*truth+1 {
			off = append(off, fmt.Sprintf("after %v the row says %v s, and it took %.1f", at.Sub(began), left, truth))
		}
	}
	if len(off)*10 > judged {
		t.Errorf("%d of %d samples are off:\n%s", len(off), judged, strings.Join(off, "\n"))
	}
	if judged < 20 {
		t.Errorf("only %d of %d samples showed a speed, the last one %+v", judged, len(samples), samples[len(samples)-1])
	}
}

var speedText = regexp.MustCompile(`([\d.]+) (KB|MB)/s · (\d+) sec`)

// parseSpeed reads "3.1 MB of 12 MB · 512 KB/s · 9 sec left" as bytes a second and
// seconds. On the page 1 MB is 1024 KB.
func parseSpeed(text string) (speed, left float64, ok bool) {
	found := speedText.FindStringSubmatch(text)
	if found == nil {
		return 0, 0, false
	}
	speed, _ = strconv.ParseFloat(found[1], 64)
	left, _ = strconv.ParseFloat(found[3], 64)
	unit := map[string]float64{"KB": 1 << 10, "MB": 1 << 20}[found[2]]
	return speed * unit, left, true
}
