package main

import (
	"errors"
	"testing"
)

func TestNPMVersion(t *testing.T) {
	for described, want := range map[string]string{
		"v1.2.3":                   "1.2.3",
		"1.2.3":                    "1.2.3",
		"v1.2.3-dirty":             "1.2.4-dirty",
		"v1.2.3-14-g0123abc":       "1.2.4-14.g0123abc",
		"v1.2.9-14-g0123abc-dirty": "1.2.10-14.g0123abc.dirty",
		"0123456":                  "0.0.0-g0123456", // a number must not begin with a zero
		"840083d-dirty":            "0.0.0-g840083d.dirty",
		"dev":                      "0.0.0-dev",
	} {
		if got, err := npmVersion(described); got != want || err != nil {
			t.Errorf("npmVersion(%q) = %q, %v, want %q", described, got, err, want)
		}
	}
	for _, described := range []string{"", "release", "v1.2", "v1.2.3-rc"} {
		if got, err := npmVersion(described); !errors.Is(err, errVersion) {
			t.Errorf("npmVersion(%q) = %q, %v, want an error", described, got, err)
		}
	}
}

func TestReferenceNamesWhatHasNoDescription(t *testing.T) {
	var page reference
	page.write(elementClass{
		Attributes: []described{{Name: "kinds", FieldName: "kinds", Description: "The kinds."}, {Name: "lang"}},
		Events:     []described{{Name: "complete", Type: typeText{"Event"}}},
	})
	if got := page.undescribed; len(got) != 2 || got[0] != "lang" || got[1] != "complete" {
		t.Errorf("without a description: %v, want lang and complete", got)
	}
}

func TestReferenceRows(t *testing.T) {
	var page reference
	page.table("Methods", []string{"method", "returns", "meaning"}, methodRows(elementClass{Members: []member{{
		described: described{Name: "start", Description: "Starts one file\nor all."}, Kind: "method",
		Parameters: []parameter{{Name: "id", Optional: true, Type: typeText{"string | undefined"}}},
	}}}))
	const want = "\n## Methods\n\n| method | returns | meaning |\n|---|---|---|\n| `start(id?: string \\| undefined)` |  | Starts one file or all. |\n"
	if got := page.text.String(); got != want {
		t.Errorf("the table is %q, want %q", got, want)
	}
}
