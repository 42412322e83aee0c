package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

// Sentences are in the language that the client prefers; codes are the same in all.
func TestSentencesFollowAcceptLanguage(t *testing.T) {
	w := newWorld(t, nil)
	w.library.change(func(u *library.Upload) {
		u.State = library.StateRefused
		u.Verdict = &preflight.Verdict{
			Outcome: preflight.Refuse, Kind: media.KindImage, Type: "image/jpeg",
			Reasons: []reason.Reason{{
				Code: reason.FileTooLarge, Severity: reason.Refuse,
				Facts: []reason.Fact{reason.Bytes("size", 5_452_595), reason.Bytes("limit", 5<<20)},
				Fixes: []reason.Fix{reason.MakeSmaller},
			}},
		}
	})
	for accept, want := range map[string][3]string{
		"":                 {"", "This file is 5.2 MB", "This doesn’t exist"},
		"fr":               {"", "This file is 5.2 MB", "This doesn’t exist"},
		"de-AT, en;q=0.5":  {"de-AT", "Diese Datei ist 5,2 MB", "Das gibt es hier nicht"},
		"fr, pt-BR;q=0.8":  {"pt-BR", "Este arquivo tem 5,2 MB", "Isto não existe"},
		"es-MX, de;q=0.01": {"es-MX", "Este archivo ocupa 5.2 MB", "Esto no existe"},
	} {
		upload := w.ask(http.MethodGet, "/v1/uploads/"+uploadID, "ada", "Accept-Language: "+accept)
		stranger := w.ask(http.MethodGet, "/v1/uploads/unknown", "ada", "Accept-Language: "+accept)
		if got := upload.Header.Get("Content-Language"); got != want[0] {
			t.Errorf("Accept-Language %q: Content-Language %q, want %q", accept, got, want[0])
		}
		if !strings.Contains(upload.body, want[1]) || !strings.Contains(upload.body, `"code":"file_too_large"`) {
			t.Errorf("Accept-Language %q: the verdict is %s, want %q in it", accept, upload.body, want[1])
		}
		if !strings.Contains(stranger.body, want[2]) || !strings.Contains(stranger.body, `"code":"not_found"`) {
			t.Errorf("Accept-Language %q: the problem is %s, want %q in it", accept, stranger.body, want[2])
		}
	}
}

// The page's script translates it, so the response does not depend on the language.
func TestPageDoesNotDependOnTheLanguage(t *testing.T) {
	w := newWorld(t, nil)
	page := w.ask(http.MethodGet, "/", "", "Accept-Language: de")
	if got := page.Header.Get("Content-Language") + page.Header.Get("Vary"); got != "" {
		t.Errorf("the page's Content-Language and Vary are %q", got)
	}
}
