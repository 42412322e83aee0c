package preflight_test

import (
	"strings"
	"testing"

	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/reason"
)

func TestVectors(t *testing.T) {
	vectors, err := preflighttest.Read("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Where, func(t *testing.T) { checkVector(t, v) })
	}
	t.Logf("%d vectors", len(vectors))
}

func checkVector(t *testing.T, v preflighttest.Vector) {
	t.Helper()
	got := preflight.Check(v.File, v.Question)
	if got.Outcome != v.Verdict || got.Kind != v.Kind || got.Type != v.Type {
		t.Errorf("%s: got %s %q %q, want %s %q %q", v.Title, got.Outcome, got.Kind, got.Type, v.Verdict, v.Kind, v.Type)
	}
	if codes := codesOf(got.Reasons); codes != v.Reasons {
		t.Errorf("%s: got reasons %q, want %q", v.Title, codes, v.Reasons)
	}
	if fixes := fixesOf(got.Reasons); v.FixesGiven && fixes != v.Fixes {
		t.Errorf("%s: got fixes %q, want %q", v.Title, fixes, v.Fixes)
	}
}

func codesOf(reasons []reason.Reason) string {
	var words []string
	for _, r := range reasons {
		words = append(words, string(r.Code))
	}
	return strings.Join(words, " ")
}

func fixesOf(reasons []reason.Reason) string {
	var words []string
	for _, r := range reasons {
		for _, fix := range r.Fixes {
			words = append(words, string(fix))
		}
	}
	return strings.Join(words, " ")
}
