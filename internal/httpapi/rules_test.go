package httpapi_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"mediarelay/internal/preflight"
)

type ruleOnTheWire struct {
	Use        string               `json:"use"`
	Kind       string               `json:"kind"`
	Purpose    string               `json:"purpose"`
	Types      []string             `json:"types"`
	Extensions []string             `json:"extensions"`
	LimitBytes int64                `json:"limit_bytes"`
	WarnBytes  *int64               `json:"warn_bytes"`
	Conditions []conditionOnTheWire `json:"conditions"`
	Source     string               `json:"source"`
	Read       string               `json:"read"`
}

type conditionOnTheWire struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Message  string   `json:"message"`
	Purposes []string `json:"purposes"`
	Types    []string `json:"types"`
	Source   string   `json:"source"`
	Read     string   `json:"read"`
}

type tableOnTheWire struct {
	Rules   []ruleOnTheWire      `json:"rules"`
	AnyFile []conditionOnTheWire `json:"any_file"`
}

func TestRuleTableNeedsNoToken(t *testing.T) {
	r := newWorld(t, nil).ask("GET", "/v1/rules", "")
	if r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("status %d, type %q", r.StatusCode, r.Header.Get("Content-Type"))
	}
	var table tableOnTheWire
	if err := json.Unmarshal([]byte(r.body), &table); err != nil {
		t.Fatal(err)
	}
	rules := preflight.Rules()
	if len(table.Rules) != len(rules) || len(table.AnyFile) == 0 {
		t.Fatalf("%d rules, want %d; %d conditions for any file", len(table.Rules), len(rules), len(table.AnyFile))
	}
	for i, have := range table.Rules {
		want := rules[i]
		if have.Use != want.Use || have.Kind != string(want.Kind) || have.Purpose != string(want.Purpose) ||
			!reflect.DeepEqual(have.Types, want.Types) || !reflect.DeepEqual(have.Extensions, want.Extensions) ||
			have.LimitBytes != want.LimitBytes || warnBytes(have) != want.WarnBytes ||
			have.Source != want.Source || have.Read != want.Read || len(have.Conditions) != len(want.Conditions()) {
			t.Errorf("got %+v, want %+v", have, want)
		}
		for _, c := range have.Conditions {
			if c.Code == "" || c.Message == c.Code || c.Source == "" || c.Severity != "warn" && c.Severity != "refuse" {
				t.Errorf("%s %s: %+v", have.Use, have.Kind, c)
			}
		}
	}
}

func warnBytes(r ruleOnTheWire) int64 {
	if r.WarnBytes == nil {
		return 0
	}
	return *r.WarnBytes
}

// Clients iterate over a list without a check for null.
func TestRuleTableHasNoNullLists(t *testing.T) {
	body := newWorld(t, nil).ask("GET", "/v1/rules", "").json(t)
	rules := body["rules"].([]any)
	for _, r := range append(rules, body["any_file"].([]any)...) {
		for key, value := range r.(map[string]any) {
			if value == nil && key != "warn_bytes" {
				t.Errorf("%s is null in %v", key, r)
			}
		}
	}
}

func TestRuleTableIsCached(t *testing.T) {
	w := newWorld(t, withPortal)
	first := w.ask("GET", "/v1/rules", "", "Origin: "+portal)
	if got := first.Header.Get("Cache-Control"); got != "public, max-age=3600" {
		t.Errorf("cache %q", got)
	}
	if got := first.Header.Get("Access-Control-Allow-Origin"); got != portal {
		t.Errorf("the portal may not read it: %q", got)
	}
	if got := w.ask("GET", "/v1/rules", "", "Origin: https://evil.test").Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("any page may read it: %q", got)
	}
	again := w.ask("GET", "/v1/rules", "", "If-None-Match: "+first.Header.Get("Etag"))
	if again.StatusCode != 304 || again.body != "" {
		t.Errorf("status %d, %q", again.StatusCode, again.body)
	}
	if head := w.ask("HEAD", "/v1/rules", ""); head.StatusCode != 200 || head.ContentLength != int64(len(first.body)) {
		t.Errorf("HEAD: %d, %d bytes", head.StatusCode, head.ContentLength)
	}
	wantProblem(t, w.ask("POST", "/v1/rules", ""), 405, "method_not_allowed")
}
