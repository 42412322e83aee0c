package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// "Send it as a message only" is advice that can be followed on the spot.
func TestAFileGoesOnOnceItsPurposeFits(t *testing.T) {
	for _, how := range []struct{ name, press string }{
		{"by unticking what it cannot be", `input[value=template]`},
		{"by the page's offer", `#offer-accept`},
	} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			s.open(s.token(time.Hour))
			fits := drawing(t)
			s.drop(s.file("logo.png", fits))
			s.awaitRow("logo.png", "done")
			s.drop(s.file("price list.txt", notes(1<<10)))
			if refused := s.awaitRow("price list.txt", "refused"); !slices.Equal(refused.Codes, []string{"template_not_accepted"}) {
				t.Fatalf("refused for %v", refused.Codes)
			}
			s.until(`!document.getElementById('offer').hidden`)
			s.evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, how.press))
			done := s.awaitRow("price list.txt", "done")
			if done.Asset == nil || done.Asset.MediaID == "" || done.Asset.Handle != "" || len(done.Codes) > 0 {
				t.Errorf("asset %+v, reasons %v", done.Asset, done.Codes)
			}
			if stays := s.row("logo.png"); stays.State != "done" || stays.Asset.Handle == "" {
				t.Errorf("the finished file is %s, %+v", stays.State, stays.Asset)
			}
			if offered := value[bool](s, `!document.getElementById('offer').hidden`); offered {
				t.Error("the offer still stands")
			}
			if chosen := value[[]string](s, `[...document.querySelectorAll('#purposes :checked')].map(box => box.value)`); !slices.Equal(chosen, []string{"message"}) {
				t.Errorf("the page has %v ticked", chosen)
			}
		})
	}
}

// A link that is opened in place of a good one, and is not good.
func TestABadLinkInPlaceOfAGoodOneAsksForAFreshOne(t *testing.T) {
	for _, bad := range []struct{ name, token, title string }{
		{"no token", "nonsense", "You need a new link"},
		{"nothing", "", "You need a new link"},
		{"not to be read", "a.b.c", "You need a new link"},
		{"expired", "", "Your link has expired"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			if bad.name == "expired" {
				bad.token = s.token(-time.Hour)
			}
			s.openForMessages()
			s.drop(s.file("before.txt", notes(1<<10)))
			s.awaitRow("before.txt", "done")
			s.follow(bad.token)
			s.until(`!document.getElementById('sign-in').hidden`)
			if title := value[string](s, `document.getElementById('sign-in-title').textContent`); title != bad.title {
				t.Errorf("the panel's title is %q, want %q", title, bad.title)
			}
			if session := value[bool](s, `!document.getElementById('session').hidden`); session {
				t.Error("the page still shows a session")
			}
			if hash := value[string](s, `location.hash`); hash != "" {
				t.Errorf("the address still ends in %q", hash)
			}
			before := s.proxy.seen()
			s.drop(s.file("after.txt", notes(2<<10)))
			s.awaitRow("after.txt", "waiting")
			if requests := s.proxy.seen()[len(before):]; len(requests) > 0 {
				t.Errorf("requests with the old token: %+v", requests)
			}
			s.follow(s.token(time.Hour))
			s.awaitRow("after.txt", "done")
			if visible := value[bool](s, `!document.getElementById('sign-in').hidden`); visible {
				t.Error("the panel still stands")
			}
			s.wantUploads(2)
		})
	}
}

func TestThePanelGoesOnSayingThatTheLinkHasExpired(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.open(s.token(-time.Hour))
	for _, token := range []string{"nonsense", "a.b.c", ""} {
		s.follow(token)
		s.until(`location.hash === ''`)
		if title := value[string](s, `document.getElementById('sign-in-title').textContent`); title != "Your link has expired" {
			t.Errorf("after #token=%s the panel's title is %q", token, title)
		}
	}
	if text := value[string](s, `document.getElementById('sign-in').textContent`); !strings.Contains(text, "--channel CHANNEL") {
		t.Errorf("the panel says %q", text)
	}
}

// follow opens a link to the page that stands in the browser already.
func (s *stage) follow(token string) {
	s.Helper()
	s.evaluate(fmt.Sprintf(`location.hash = %q`, "#token="+token))
}
