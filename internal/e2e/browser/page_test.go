package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// "Send it as a message only" is advice that a person can follow on the spot.
func TestRefusedFileUploadsOnceItsPurposeFits(t *testing.T) {
	for _, how := range []struct{ name, press string }{
		{"by unticking what it cannot be", `input[value=template]`},
		{"by the page's offer", `#offer-accept`},
	} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.New(t)
			s.Open(s.Token(time.Hour))
			fits := drawing(t)
			s.Drop(s.File("logo.png", fits))
			s.AwaitRow("logo.png", "done")
			s.Drop(s.File("price list.txt", stage.Notes(1<<10)))
			if refused := s.AwaitRow("price list.txt", "refused"); !slices.Equal(refused.Codes, []string{"template_not_accepted"}) {
				t.Fatalf("refused for %v", refused.Codes)
			}
			s.Until(`!document.getElementById('offer').hidden`)
			s.Evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, how.press))
			done := s.AwaitRow("price list.txt", "done")
			if done.Asset == nil || done.Asset.MediaID == "" || done.Asset.Handle != "" || len(done.Codes) > 0 {
				t.Errorf("asset %+v, reasons %v", done.Asset, done.Codes)
			}
			if stays := s.Row("logo.png"); stays.State != "done" || stays.Asset.Handle == "" {
				t.Errorf("the finished file is %s, %+v", stays.State, stays.Asset)
			}
			if offered := browserstage.Value[bool](s, `!document.getElementById('offer').hidden`); offered {
				t.Error("the offer is still visible")
			}
			if chosen := browserstage.Value[[]string](s, `[...document.querySelectorAll('#purposes :checked')].map(box => box.value)`); !slices.Equal(chosen, []string{"message"}) {
				t.Errorf("the page has %v ticked", chosen)
			}
		})
	}
}

// An invalid link is opened in place of a valid one.
func TestInvalidLinkAsksForANewOne(t *testing.T) {
	for i, bad := range []struct{ name, token, title string }{
		{"no token", "nonsense", "You need a new link"},
		{"nothing", "", "You need a new link"},
		{"not to be read", "a.b.c", "You need a new link"},
		{"expired", "", "Your link has expired"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			s := browserstage.New(t)
			if bad.name == "expired" {
				bad.token = s.Token(-time.Hour)
			}
			s.OpenForMessages()
			s.Drop(s.File("before.txt", stage.Notes(1<<10)))
			s.AwaitRow("before.txt", "done")
			followLink(s, bad.token)
			s.Until(`!document.getElementById('sign-in').hidden`)
			if title := browserstage.Value[string](s, `document.getElementById('sign-in-title').textContent`); title != bad.title {
				t.Errorf("the panel's title is %q, want %q", title, bad.title)
			}
			if session := browserstage.Value[bool](s, `!document.getElementById('session').hidden`); session {
				t.Error("the page still shows a session")
			}
			if hash := browserstage.Value[string](s, `location.hash`); hash != "" {
				t.Errorf("the address still ends in %q", hash)
			}
			before := s.Proxy.Requests()
			s.Drop(s.File("after.txt", stage.Notes(2<<10)))
			s.AwaitRow("after.txt", "waiting")
			if requests := s.Proxy.Requests()[len(before):]; len(requests) > 0 {
				t.Errorf("requests with the old token: %+v", requests)
			}
			followLink(s, s.Token(time.Hour))
			s.AwaitRow("after.txt", "done")
			if visible := browserstage.Value[bool](s, `!document.getElementById('sign-in').hidden`); visible {
				t.Error("the panel is still visible")
			}
			wantUploads(s, 2)
		})
	}
}

// The panel keeps saying that the link has expired, whatever link follows.
func TestExpiredLinkPanelStays(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.Token(-time.Hour))
	for _, token := range []string{"nonsense", "a.b.c", ""} {
		followLink(s, token)
		s.Until(`location.hash === ''`)
		if title := browserstage.Value[string](s, `document.getElementById('sign-in-title').textContent`); title != "Your link has expired" {
			t.Errorf("after #token=%s the panel's title is %q", token, title)
		}
	}
	if text := browserstage.Value[string](s, `document.getElementById('sign-in').textContent`); !strings.Contains(text, "--channel CHANNEL") {
		t.Errorf("the panel says %q", text)
	}
}

// followLink opens a link to the page that the tab already shows.
func followLink(s *browserstage.Stage, token string) {
	s.Helper()
	s.Evaluate(fmt.Sprintf(`location.hash = %q`, "#token="+token))
}
