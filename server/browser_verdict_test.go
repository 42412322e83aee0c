package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
)

// dropped is a vector under a file's name of its own.
type dropped struct {
	preflighttest.Vector
	name string
}

// sample takes a vector of each outcome from each document of vectors, of those
// that ask nothing which a person on the page does not ask. All of their rows are
// drawn at once: further ones of a long list come by and by.
func sample(s *stage) []dropped {
	s.Helper()
	vectors, err := preflighttest.Read("../internal/preflight/testdata")
	s.must(err)
	taken := map[string]bool{}
	var list []dropped
	for _, v := range vectors {
		document, _, _ := strings.Cut(v.Where, ":")
		group := document + " " + string(v.Verdict)
		q := v.Question
		if taken[group] || q.Filename == "" || q.DeclaredType != "" || q.Kind != "" || len(q.Kinds) > 0 || !onlyMessage(q) {
			continue
		}
		taken[group] = true
		list = append(list, dropped{v, fmt.Sprintf("%02d-%s", len(list), q.Filename)})
	}
	for _, document := range []string{"audio", "document", "image", "sticker", "video"} {
		for _, outcome := range []preflight.Outcome{preflight.Accept, preflight.Warn, preflight.Refuse} {
			if !taken[document+".txt "+string(outcome)] {
				s.Fatalf("no vector of %s.txt is %s", document, outcome)
			}
		}
	}
	return list
}

func onlyMessage(q preflight.Question) bool {
	return len(q.Purposes) == 0 || slices.Equal(q.Purposes, []media.Purpose{media.PurposeMessage})
}

func (s *stage) save(v dropped) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), v.name)
	s.must(v.File.Save(path))
	return path
}

// forMessages sets the element as the vectors assume it.
func (s *stage) forMessages(autoStart bool) {
	s.Helper()
	s.evaluate(fmt.Sprintf(`const element = document.querySelector('media-upload')
		element.setAttribute('purpose', 'message')
		element.toggleAttribute('auto-start', %t)`, autoStart))
}

func TestThePageGivesTheVectorsVerdicts(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.open(s.token(time.Hour))
	s.forMessages(false)
	list := sample(s)
	paths := make([]string, len(list))
	for i, v := range list {
		paths[i] = s.save(v)
	}
	s.drop(paths...)
	for _, v := range list {
		state := "ready"
		if v.Verdict == preflight.Refuse {
			state = "refused"
		}
		shown := s.awaitRow(v.name, state)
		if codes := strings.Join(shown.Codes, " "); codes != v.Reasons {
			t.Errorf("%s, %s: the row says %q, want %q", v.Where, v.Title, codes, v.Reasons)
		}
	}
	if requests := s.proxy.seen(); len(requests) != 0 {
		t.Errorf("a verdict needs no request: %+v", requests)
	}
	t.Logf("%d vectors", len(list))
}

// firstOf gives the sample's first vector of a document with an outcome.
func firstOf(s *stage, document string, outcome preflight.Outcome) dropped {
	s.Helper()
	list := sample(s)
	at := slices.IndexFunc(list, func(v dropped) bool {
		return strings.HasPrefix(v.Where, document+".txt:") && v.Verdict == outcome
	})
	return list[at]
}

func TestAWarnedFileIsSentOnAClickAndARefusedOneNever(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.open(s.token(time.Hour))
	s.forMessages(false)
	warned, refused := firstOf(s, "video", preflight.Warn), firstOf(s, "image", preflight.Refuse)
	s.drop(s.save(warned), s.save(refused))
	if shown := s.awaitRow(warned.name, "ready"); len(shown.Codes) == 0 {
		t.Errorf("the row does not warn: %+v", shown)
	}
	s.awaitRow(refused.name, "refused")
	if requests := s.proxy.seen(); len(requests) != 0 {
		t.Fatalf("nobody has clicked, and there were requests: %+v", requests)
	}
	s.press(warned.name, "start")
	if done := s.awaitRow(warned.name, "done"); done.Asset == nil || done.Asset.MediaID == "" {
		t.Errorf("asset %+v", done.Asset)
	}
	s.wantUploads(1)
}

func TestWithAutoStartAWarnedFileIsSentAtOnceAndARefusedOneNever(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.open(s.token(time.Hour))
	s.forMessages(true)
	warned, refused := firstOf(s, "video", preflight.Warn), firstOf(s, "image", preflight.Refuse)
	s.drop(s.save(refused), s.save(warned))
	if done := s.awaitRow(warned.name, "done"); !slices.Equal(done.Codes, strings.Fields(warned.Reasons)) {
		t.Errorf("what was warned of is gone from the row: %v, want %s", done.Codes, warned.Reasons)
	}
	if shown := s.row(refused.name); shown.State != "refused" {
		t.Errorf("the refused file is %s", shown.State)
	}
	s.wantUploads(1)
}

// wantUploads counts the creations that the server saw.
func (s *stage) wantUploads(want int) {
	s.Helper()
	have := 0
	for _, r := range s.proxy.seen() {
		if r.method == "POST" && strings.HasPrefix(r.path, "/files") {
			have++
		}
	}
	if have != want {
		s.Errorf("%d uploads were begun, want %d", have, want)
	}
}
