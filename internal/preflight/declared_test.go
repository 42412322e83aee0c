package preflight_test

import (
	"slices"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
)

// Declared refuses at creation, before the first byte arrives.
func TestDeclared(t *testing.T) {
	image, audio := media.KindImage, media.KindAudio
	message, template, profile := media.PurposeMessage, media.PurposeTemplate, media.PurposeProfile
	for _, c := range []struct {
		title string
		q     preflight.Question
		want  string
	}{
		{"nothing declared", preflight.Question{Size: 1}, ""},
		{"no bytes", preflight.Question{}, "file_empty"},
		{"100 MB", preflight.Question{Size: 104_857_600}, ""},
		{"100 MB and a byte", preflight.Question{Size: 104_857_601}, "file_too_large"},
		{"an image of 5 MB", preflight.Question{Size: 5_242_880, Kind: image}, ""},
		{"an image of 5 MB and a byte", preflight.Question{Size: 5_242_881, Kind: image}, "file_too_large"},
		{"images and audio, 16 MB", preflight.Question{Size: 16_777_216, Kinds: []media.Kind{image, audio}}, ""},
		{"images and audio, 16 MB and a byte", preflight.Question{Size: 16_777_217, Kinds: []media.Kind{image, audio}}, "file_too_large"},
		{"the smaller limit of two purposes", preflight.Question{Size: 5_242_881, Purposes: []media.Purpose{message, profile}}, "file_too_large"},
		{"audio for a template", preflight.Question{Size: 1, Kind: audio, Purposes: []media.Purpose{message, template}}, "template_not_accepted"},
		{"audio for a profile picture", preflight.Question{Size: 1, Kind: audio, Purposes: []media.Purpose{profile}}, "profile_not_accepted"},
		{"any kind for a profile picture", preflight.Question{Size: 1, Purposes: []media.Purpose{profile}}, ""},
	} {
		v := preflight.Declared(c.q)
		if got := codesOf(v.Reasons); got != c.want || (v.Outcome == preflight.Refuse) != (c.want != "") {
			t.Errorf("%s: got %s with reasons %q, want %q", c.title, v.Outcome, got, c.want)
		}
	}
}

// The table is complete, and callers cannot modify it.
func TestRules(t *testing.T) {
	rules := preflight.Rules()
	for _, r := range rules {
		if r.Use == "" || r.LimitBytes <= 0 || r.LimitBytes > media.MaxUploadBytes || r.WarnBytes >= r.LimitBytes ||
			len(r.Types) == 0 || len(r.Extensions) < len(r.Types) || r.Source == "" || r.Read == "" {
			t.Errorf("incomplete rule: %+v", r)
		}
	}
	for _, kind := range media.Kinds() {
		if !slices.ContainsFunc(rules, func(r preflight.Rule) bool { return r.Kind == kind && r.Purpose == media.PurposeMessage }) {
			t.Errorf("no rule for %s in a message", kind)
		}
	}
	rules[0].Types[0] = "changed"
	if preflight.Rules()[0].Types[0] == "changed" {
		t.Error("a caller modified the table")
	}
}
