//go:build compare

package clients

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// patienceCompared is after how long a client counts as hanging.
const patienceCompared = 90 * time.Second

// result is the outcome of one client's upload.
type result struct {
	requests int   // to the tus routes
	others   int   // to the element's own API
	again    int64 // bytes sent beyond the file's size
	left     int   // uploads that never ended on the server
	twice    int   // finished uploads of bytes that the server already had
	outcome  string
	said     string // the client's description of a failure
}

// The same faults with other people's clients, in the same browser, against the same
// server. The table is written to docs/resilience.md if every row has a result.
func TestCompareClients(t *testing.T) {
	var mu sync.Mutex
	results := map[string]result{}
	t.Run("rows", func(t *testing.T) {
		for _, row := range comparisons {
			for _, c := range comparedClients {
				t.Run(row.what+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					r := compare(t, row, c)
					t.Logf("%+v", r)
					mu.Lock()
					defer mu.Unlock()
					results[row.what+c.name] = r
				})
			}
		}
	})
	if want := len(comparisons) * len(comparedClients); len(results) < want || t.Failed() {
		t.Logf("%d results of %d: the table is not written", len(results), want)
		return
	}
	if err := writeTable("../../../docs/resilience.md", tableOf(results)); err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, row comparison, c comparedClient) result {
	t.Helper()
	s := browserstage.NewWith(t, browserstage.Setting{OwnBrowser: row.own})
	servePages(s.Proxy)
	s.Proxy.SetRate(comparedRate)
	v := &visitor{Stage: s, comparedClient: c, tokens: []string{s.Token(time.Hour)}}
	v.visit()
	path := s.File(comparedName, stage.Notes(comparedSize))
	row.play(v, path)
	outcome := v.outcome(row, path)
	return v.measure(row, outcome)
}

// outcome waits for the end, and does what a person would do if nothing moves.
func (v *visitor) outcome(row comparison, path string) string {
	v.Helper()
	if row.comesBack && v.isIdle() {
		return v.outcomeByHand(path)
	}
	patience := max(row.patience, patienceCompared)
	if v.second != nil && v.second.awaitOutcome(patience) != "done" {
		return "**fails** in one of the tabs"
	}
	switch v.awaitOutcome(patience) {
	case "done":
		return "done by itself"
	case "refused":
		return "**refused** as a file that is there already"
	case "failed":
		v.perform("retry")
		return v.outcomeAfterHelp("a person presses Retry", "**fails**, and again after Retry")
	}
	return fmt.Sprintf("**hangs**: given up after %.0f s", patience.Seconds())
}

// isIdle says whether a page does nothing by itself. A restored upload has started within
// that time.
func (v *visitor) isIdle() bool {
	v.Helper()
	before := len(v.Proxy.Requests())
	return v.awaitOutcome(20*time.Second) == "" && len(v.Proxy.Requests()) == before
}

func (v *visitor) outcomeByHand(path string) string {
	v.Helper()
	if browserstage.Value[bool](v.Stage, `!!compare.restore`) {
		v.perform("restore")
		return v.outcomeAfterHelp("a person presses Restore", "**fails** after Restore")
	}
	v.choose(path)
	return v.outcomeAfterHelp("a person chooses the file again", "**fails**, the file chosen again")
}

// outcomeAfterHelp waits for the end after a person has done something.
func (v *visitor) outcomeAfterHelp(done, failed string) string {
	v.Helper()
	time.Sleep(200 * time.Millisecond) // until a failed file has restarted
	switch v.awaitOutcome(patienceCompared / 2) {
	case "done":
		return done
	case "failed":
		return failed
	}
	return failed + ", and hangs"
}

// measure counts, once the server has finished its work.
func (v *visitor) measure(row comparison, outcome string) result {
	v.Helper()
	expected := map[string]bool{stage.Digest(stage.Notes(comparedSize)): true}
	if row.files > 1 {
		expected[stage.Digest(otherBytes())] = true
	}
	r := result{outcome: outcome, said: browserstage.Value[string](v.Stage, `compare.trouble()`)}
	r.again = max(0, receivedBytes(v.Proxy)-int64(len(expected))*comparedSize)
	v.awaitServer()
	for _, request := range v.Proxy.Requests() {
		if strings.HasPrefix(request.Path, "/files") {
			r.requests++
		} else {
			r.others++
		}
	}
	arrived, wrong := map[string]int{}, false
	for _, h := range v.Server.Uploads() {
		switch {
		case h.State == "done" && !expected[h.SHA256]:
			wrong = true
		case h.State == "done":
			arrived[h.SHA256]++
		case h.State == "uploading":
			r.left++
		}
	}
	for _, times := range arrived {
		r.twice += times - 1
	}
	r.outcome = verdict(r, wrong, len(arrived) < len(expected))
	return r
}

func verdict(r result, wrong, missing bool) string {
	switch {
	case wrong:
		return "**wrong bytes**, said to be done"
	case missing && strings.Contains(r.outcome, "done"):
		return "one file done, the other **lost**"
	case r.twice > 0:
		return r.outcome + ", and once more than asked for"
	}
	return r.outcome
}

// awaitServer waits until no upload is being checked or relayed.
func (v *visitor) awaitServer() {
	v.Helper()
	v.Eventually(func() error {
		for _, h := range v.Server.Uploads() {
			if h.State == "checking" || h.State == "relaying" {
				return fmt.Errorf("%s is %s", h.ID, h.State)
			}
		}
		return nil
	})
}

func tableOf(results map[string]result) string {
	var b strings.Builder
	b.WriteString("| what goes wrong | client | requests | MB sent again | left behind | outcome |\n|---|---|---:|---:|---:|---|\n")
	for _, row := range comparisons {
		what := row.what
		for _, c := range comparedClients {
			r := results[row.what+c.name]
			requests := fmt.Sprint(r.requests)
			if r.others > 0 {
				requests += fmt.Sprintf(" + %d", r.others)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %.1f | %d | %s |\n", what, c.name, requests, float64(r.again)/(1<<20), r.left, r.outcome)
			what = ""
		}
	}
	return b.String()
}

var tableOfPage = regexp.MustCompile(`(?s)(<!-- compare-clients -->\n).*(<!-- /compare-clients -->)`)

func writeTable(path, table string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !tableOfPage.Match(page) {
		return fmt.Errorf("%s has no place for the table", path)
	}
	return os.WriteFile(path, tableOfPage.ReplaceAll(page, []byte("${1}"+table+"${2}")), 0o644)
}
