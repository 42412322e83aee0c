package preflight_test

import (
	"errors"
	"slices"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/reason"
)

// Conditions match what Check does: every reason of every vector has a condition, and
// every condition is the reason of a vector.
func TestConditionsMatchVerdicts(t *testing.T) {
	vectors, err := preflighttest.Read("testdata")
	if err != nil {
		t.Fatal(err)
	}
	conditions := preflight.Conditions()
	covered := make([]bool, len(conditions))
	for _, v := range vectors {
		got := preflight.Check(v.File, v.Question)
		for _, r := range got.Reasons {
			at := slices.IndexFunc(conditions, func(c preflight.Condition) bool { return matches(c, r, got) })
			if at < 0 {
				t.Errorf("%s: no condition for %s %s of kind %q, type %q", v.Where, r.Severity, r.Code, got.Kind, got.Type)
				continue
			}
			covered[at] = true
		}
	}
	for i, c := range conditions {
		if !covered[i] && !slices.Contains(withoutVector, c.Code) {
			t.Errorf("no vector for %s %s (kinds %v, types %v)", c.Severity, c.Code, c.Kinds, c.Types)
		}
	}
}

// withoutVector lists what no file can show; see TestUnreadable.
var withoutVector = []reason.Code{reason.FileUnreadable}

func matches(c preflight.Condition, r reason.Reason, v preflight.Verdict) bool {
	return c.Code == r.Code && c.Severity == r.Severity &&
		(len(c.Kinds) == 0 || slices.Contains(c.Kinds, v.Kind)) &&
		(len(c.Types) == 0 || slices.Contains(c.Types, v.Type))
}

type brokenReader struct{}

func (brokenReader) ReadAt([]byte, int64) (int, error) { return 0, errors.New("read error") }

func TestUnreadable(t *testing.T) {
	v := preflight.Check(brokenReader{}, preflight.Question{Filename: "a.jpg", Size: 1000})
	if v.Outcome != preflight.Refuse || codesOf(v.Reasons) != string(reason.FileUnreadable) {
		t.Errorf("got %+v", v)
	}
}

func TestRuleConditions(t *testing.T) {
	for _, tt := range []struct {
		use     string
		kind    media.Kind
		code    reason.Code
		want    bool
		because string
	}{
		{"profile picture", media.KindImage, reason.ProfileSmall, true, "it has that purpose"},
		{"message", media.KindImage, reason.ProfileSmall, false, "it has another purpose"},
		{"animated sticker", media.KindSticker, reason.StickerFrame, true, "it is animated"},
		{"static sticker", media.KindSticker, reason.StickerFrame, false, "it is not animated"},
		{"message", media.KindVideo, reason.FileNearLimit, true, "its limit has two interpretations"},
		{"message", media.KindDocument, reason.FileNearLimit, false, "its limit has been measured"},
		{"template header", media.KindDocument, reason.SourceText, false, "it accepts no text"},
		{"message", media.KindDocument, reason.SourceText, true, "it accepts text"},
	} {
		rule := ruleOf(t, tt.use, tt.kind)
		has := slices.ContainsFunc(rule.Conditions(), func(c preflight.Condition) bool { return c.Code == tt.code })
		if has != tt.want {
			t.Errorf("%s %s has %s: %t, want %t: %s", tt.use, tt.kind, tt.code, has, tt.want, tt.because)
		}
	}
}

func TestConditionsHaveSources(t *testing.T) {
	for _, rule := range preflight.Rules() {
		if len(rule.Conditions()) == 0 {
			t.Errorf("%s %s has no conditions", rule.Use, rule.Kind)
		}
		for _, c := range rule.Conditions() {
			if c.Source == "" || c.Read == "" {
				t.Errorf("%s %s: %s has no source or date", rule.Use, rule.Kind, c.Code)
			}
		}
	}
}

func ruleOf(t *testing.T, use string, kind media.Kind) preflight.Rule {
	t.Helper()
	rules := preflight.Rules()
	at := slices.IndexFunc(rules, func(r preflight.Rule) bool { return r.Use == use && r.Kind == kind })
	if at < 0 {
		t.Fatalf("no rule %s of %s", use, kind)
	}
	return rules[at]
}
