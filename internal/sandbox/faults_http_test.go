package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/sandbox"
)

var asJSON = http.Header{"Content-Type": {"application/json"}}

// Programs in any language script faults in the order of the requests that meet them.
func TestFaultsAreScriptedOverHTTP(t *testing.T) {
	c := start(t, sandbox.Config{})
	for _, fault := range []string{
		`{"operation": "GET /{media-id}", "fault": "answer", "status": 503, "body": "{\"busy\": true}"}`,
		`{"operation": "GET /{media-id}", "fault": "html", "status": 502}`,
		`{"operation": "POST /media", "fault": "stall"}`,
	} {
		if answer := c.do(http.MethodPost, "/sandbox/faults", asJSON, strings.NewReader(fault)); answer.status != http.StatusCreated {
			t.Fatalf("%s is answered %d %s", fault, answer.status, answer.body)
		}
	}
	if answer := c.do(http.MethodGet, "/1", nil, nil); answer.status != http.StatusServiceUnavailable || string(answer.body) != `{"busy": true}` {
		t.Errorf("the first request is answered %d %s", answer.status, answer.body)
	}
	if answer := c.do(http.MethodGet, "/1", nil, nil); answer.status != http.StatusBadGateway || !strings.Contains(string(answer.body), "<html>") {
		t.Errorf("the second request is answered %d %s", answer.status, answer.body)
	}
	const list = `{"faults":[{"operation":"GET /{media-id}","fault":"answer 503","fired":true},` +
		`{"operation":"GET /{media-id}","fault":"answer 502","fired":true},` +
		`{"operation":"POST /media","fault":"stall","fired":false}]}`
	if answer := c.do(http.MethodGet, "/sandbox/faults", nil, nil); strings.TrimSpace(string(answer.body)) != list {
		t.Errorf("the list is %s", answer.body)
	}
	c.do(http.MethodDelete, "/sandbox/faults", nil, nil)
	if unfired := c.s.Faults().Unfired(); len(unfired) != 0 {
		t.Errorf("after DELETE there is %v", unfired)
	}
}

func TestInvalidFaultsAreRejected(t *testing.T) {
	c := start(t, sandbox.Config{})
	for fault, says := range map[string]string{
		`stall`: "JSON",
		`{"operation": "POST /media", "fault": "explode"}`:                  `no fault \"explode\"`,
		`{"operation": "POST /elsewhere", "fault": "stall"}`:                `no operation \"POST /elsewhere\"`,
		`{"operation": "POST /media", "fault": "answer"}`:                   "status is 0",
		`{"operation": "POST /media", "fault": "slow"}`:                     "below 1",
		`{"operation": "POST /media", "fault": "reset", "bytes": -1}`:       "below 0",
		`{"operation": "POST /media", "fault": "stall", "colour": "green"}`: "unknown field",
	} {
		answer := c.do(http.MethodPost, "/sandbox/faults", asJSON, strings.NewReader(fault))
		if answer.status != http.StatusBadRequest || !strings.Contains(string(answer.body), says) {
			t.Errorf("%s is answered %d %s, want %q", fault, answer.status, answer.body, says)
		}
	}
	// What a page of another origin can send without a preflight.
	if answer := c.do(http.MethodPost, "/sandbox/faults", http.Header{"Content-Type": {"text/plain"}}, strings.NewReader(`{"operation": "POST /media", "fault": "stall"}`)); answer.status != http.StatusUnsupportedMediaType {
		t.Errorf("text is answered %d", answer.status)
	}
	if answer := c.do(http.MethodPut, "/sandbox/faults", nil, nil); answer.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT is answered %d", answer.status)
	}
}

var (
	pageFault     = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([^|]*)\\| ")
	pageField     = regexp.MustCompile("`([a-z]+)`")
	pageOperation = regexp.MustCompile("`((?:GET|POST|DELETE) /[^`]*)`")
)

// docs/headless-testing.md lists the faults with the fields that they need, and the
// operations.
func TestFaultsOfTheHeadlessPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/headless-testing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| fault | further fields |")
	table, rest, found := strings.Cut(table, "\n\n")
	faults := pageFault.FindAllStringSubmatch(table, -1)
	if !found || len(faults) != 9 {
		t.Fatalf("the page lists %d faults, want 9", len(faults))
	}
	operations, _, _ := strings.Cut(rest, "\n\n")
	values := map[string]any{"status": 503, "body": "{}", "bytes": 1, "rate": 1}
	c := start(t, sandbox.Config{})
	for _, operation := range pageOperation.FindAllStringSubmatch(operations, -1) {
		for _, fault := range faults {
			request := map[string]any{"operation": operation[1], "fault": fault[1]}
			for _, field := range pageField.FindAllStringSubmatch(fault[2], -1) {
				request[field[1]] = values[field[1]]
			}
			body, err := json.Marshal(request)
			if err != nil {
				t.Fatal(err)
			}
			if answer := c.do(http.MethodPost, "/sandbox/faults", asJSON, bytes.NewReader(body)); answer.status != http.StatusCreated {
				t.Errorf("%s is answered %d %s", body, answer.status, answer.body)
			}
		}
	}
	if scripted := len(c.s.Faults().Unfired()); scripted != 7*9 {
		t.Errorf("%d faults are scripted, want 9 for each of 7 operations", scripted)
	}
}
