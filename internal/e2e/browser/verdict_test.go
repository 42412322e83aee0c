package browser

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
)

// namedVector is a vector with a unique file name.
type namedVector struct {
	preflighttest.Vector
	name string
}

// sampleVectors takes one vector of each outcome from each document of vectors, among
// those with the page's own settings. Few enough that the list renders all rows at once.
func sampleVectors(s *browserstage.Stage) []namedVector {
	s.Helper()
	vectors, err := preflighttest.Read("../../preflight/testdata")
	s.Must(err)
	taken := map[string]bool{}
	var list []namedVector
	for _, v := range vectors {
		document, _, _ := strings.Cut(v.Where, ":")
		group := document + " " + string(v.Verdict)
		q := v.Question
		if taken[group] || q.Filename == "" || q.DeclaredType != "" || q.Kind != "" || len(q.Kinds) > 0 || !onlyMessage(q) {
			continue
		}
		taken[group] = true
		list = append(list, namedVector{v, fmt.Sprintf("%02d-%s", len(list), q.Filename)})
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

func saveVector(s *browserstage.Stage, v namedVector) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), v.name)
	s.Must(v.File.Save(path))
	return path
}

func TestPageGivesTheVectorsVerdicts(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	s.ForMessages(false)
	list := sampleVectors(s)
	paths := make([]string, len(list))
	for i, v := range list {
		paths[i] = saveVector(s, v)
	}
	s.Drop(paths...)
	for _, v := range list {
		state := "ready"
		if v.Verdict == preflight.Refuse {
			state = "refused"
		}
		shown := s.AwaitRow(v.name, state)
		if codes := strings.Join(shown.Codes, " "); codes != v.Reasons {
			t.Errorf("%s, %s: the row says %q, want %q", v.Where, v.Title, codes, v.Reasons)
		}
	}
	if requests := s.Proxy.Requests(); len(requests) != 0 {
		t.Errorf("a verdict needs no request: %+v", requests)
	}
	t.Logf("%d vectors", len(list))
}

// firstOf returns the sample's first vector of a document with an outcome.
func firstOf(s *browserstage.Stage, document string, outcome preflight.Outcome) namedVector {
	s.Helper()
	list := sampleVectors(s)
	at := slices.IndexFunc(list, func(v namedVector) bool {
		return strings.HasPrefix(v.Where, document+".txt:") && v.Verdict == outcome
	})
	return list[at]
}

func TestWarnedFileNeedsAClick(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	s.ForMessages(false)
	warned, refused := firstOf(s, "video", preflight.Warn), firstOf(s, "image", preflight.Refuse)
	s.Drop(saveVector(s, warned), saveVector(s, refused))
	if shown := s.AwaitRow(warned.name, "ready"); len(shown.Codes) == 0 {
		t.Errorf("the row does not warn: %+v", shown)
	}
	s.AwaitRow(refused.name, "refused")
	if requests := s.Proxy.Requests(); len(requests) != 0 {
		t.Fatalf("requests before the click: %+v", requests)
	}
	s.Press(warned.name, "start")
	if done := s.AwaitRow(warned.name, "done"); done.Asset == nil || done.Asset.MediaID == "" {
		t.Errorf("asset %+v", done.Asset)
	}
	wantUploads(s, 1)
}

func TestWarnedFileWithAutoStart(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	s.ForMessages(true)
	warned, refused := firstOf(s, "video", preflight.Warn), firstOf(s, "image", preflight.Refuse)
	s.Drop(saveVector(s, refused), saveVector(s, warned))
	if done := s.AwaitRow(warned.name, "done"); !slices.Equal(done.Codes, strings.Fields(warned.Reasons)) {
		t.Errorf("the row no longer shows the warnings: %v, want %s", done.Codes, warned.Reasons)
	}
	if shown := s.Row(refused.name); shown.State != "refused" {
		t.Errorf("the refused file is %s", shown.State)
	}
	wantUploads(s, 1)
}

// wantUploads counts the creations.
func wantUploads(s *browserstage.Stage, want int) {
	s.Helper()
	have := 0
	for _, r := range s.Proxy.Requests() {
		if r.Method == "POST" && strings.HasPrefix(r.Path, "/files") {
			have++
		}
	}
	if have != want {
		s.Errorf("%d uploads were created, want %d", have, want)
	}
}
