package browser

import (
	"fmt"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// Uploads return by themselves only to the place that they are of; at every other place
// the person is told that they wait, and can resume them there.
func TestWhereUploadsReturn(t *testing.T) {
	t.Parallel()
	const one = `<media-upload %s endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload>`
	for i, c := range []struct {
		name, from, to string
		before, after  string // attributes
		returns        bool
	}{
		{"the same address, without a name", "/page", "/page", ``, ``, true},
		{"the same address and name", "/page", "/page", `name="media"`, `name="media"`, true},
		{"another anchor", "/page#top", "/page#gallery", ``, ``, true},
		{"a token in the fragment", "/page#token=a.b.c", "/page", ``, ``, true},
		{"another name", "/page", "/page", `name="hero"`, `name="footer"`, false},
		{"another route", "/page#/campaigns/1", "/page#/campaigns/2", `name="media"`, `name="media"`, false},
		{"another route with a bang", "/page#!/1", "/page#!/2", ``, ``, false},
		{"another query", "/page?campaign=1", "/page?campaign=2", `name="media"`, `name="media"`, false},
		{"a query more", "/page?campaign=1", "/page?campaign=1&saved=1", ``, ``, false},
		{"another path", "/page/1", "/page/2", `name="media"`, `name="media"`, false},
		{"a key of the page's", "/page/new", "/page/1?saved=1#/x", `restore-key="campaign 1"`, `restore-key="campaign 1"`, true},
		{"another key", "/page", "/page", `restore-key="campaign 1"`, `restore-key="campaign 2"`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			h := unopenedHost(t, browserstage.Setting{}, `<div id="here"></div><script>
				const attributes = sessionStorage.getItem('attributes') ?? ''
				here.outerHTML = '`+fmt.Sprintf(one, "' + attributes + '")+`'</script>`)
			h.BeforePages(fmt.Sprintf(`if (location.protocol === 'http:' && !sessionStorage.getItem('attributes')) sessionStorage.setItem('attributes', %q)`, c.before+" "))
			h.open(c.from)
			h.Proxy.SetRate(1 << 20)
			h.add("media-upload", "notes.txt", 4<<20)
			h.UntilRecord(`url !== ''`)
			h.Evaluate(fmt.Sprintf(`sessionStorage.setItem('attributes', %q)`, c.after+" "))
			h.Must(h.Page().Navigate("about:blank"))
			h.Proxy.SetRate(0)
			h.open(c.to)
			if c.returns {
				h.AwaitRow("notes.txt", "done")
				return
			}
			h.Until(`list().querySelector('.notice')?.innerText.includes('1 unfinished upload from another place')`)
			if files := browserstage.Value[int](h.Stage, `document.querySelector('media-upload').files.length`); files != 0 {
				t.Errorf("%d files came by themselves", files)
			}
			h.Evaluate(`list().querySelector('.notice [data-action=notice]').click()`)
			h.AwaitRow("notes.txt", "done")
			h.Until(`list().querySelector('.notice') === null`)
			h.WantNothingLeft()
		})
	}
}

// Elements without a name cannot be told apart: none brings uploads back, no file is sent
// twice, and only one of them says that one waits.
func TestElementsWithoutANameShareNothing(t *testing.T) {
	t.Parallel()
	const two = `<media-upload id="a" endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload>
		<media-upload id="b" endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload>`
	h := newHost(t, two)
	h.Proxy.SetRate(1 << 20)
	h.add("#b", "notes.txt", 4<<20)
	h.UntilRecord(`url !== ''`)
	h.Must(h.Page().Navigate("about:blank"))
	h.Proxy.SetRate(0)
	h.open("/page")
	const notices = `[...document.querySelectorAll('media-upload')].map(element => element.shadowRoot.querySelectorAll('.notice').length).join()`
	h.Until(notices + ` === '1,0'`)
	if files := browserstage.Value[string](h.Stage, `a.files.length + ' ' + b.files.length`); files != "0 0" {
		t.Errorf("files came by themselves: %s", files)
	}
	h.Evaluate(`a.shadowRoot.querySelector('.notice [data-action=dismiss]').click()`)
	h.Until(notices + ` === '0,0'`)
	h.add("#b", "notes.txt", 4<<20)
	h.Until(`b.files[0]?.state === 'done'`)
	if uploads := h.Server.Uploads(); len(uploads) != 1 {
		t.Errorf("the server has %+v, want one upload", uploads)
	}
}

// A named element beside others gets its own back, and theirs are not offered to it.
func TestNamedElementsGetTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHost(t, `<media-upload id="a" name="hero" endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload>
		<media-upload id="b" name="footer" endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload>`)
	h.Proxy.SetRate(1 << 20)
	h.add("#a", "hero.txt", 4<<20)
	h.add("#b", "footer.txt", 5<<20)
	h.UntilRecord(`request.name === 'hero.txt' && url !== ''`)
	h.UntilRecord(`request.name === 'footer.txt' && url !== ''`)
	h.Must(h.Page().Navigate("about:blank"))
	h.Proxy.SetRate(0)
	h.open("/page")
	h.Until(`a.files[0]?.state === 'done' && b.files[0]?.state === 'done'`)
	names := browserstage.Value[string](h.Stage, `[...a.files, '|', ...b.files].map(file => file.name ?? file).join(' ')`)
	if names != "hero.txt | footer.txt" {
		t.Errorf("the elements have %s", names)
	}
	if notices := browserstage.Value[int](h.Stage, `a.shadowRoot.querySelectorAll('.notice').length + b.shadowRoot.querySelectorAll('.notice').length`); notices != 0 {
		t.Errorf("%d notices", notices)
	}
}
