package embed

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/portal"
	"mediarelay/internal/e2e/stage/proxy"
)

// trustedTypes is what a policy adds for Trusted Types.
var trustedTypes = portal.TrustedTypes + portal.PolicyNames

// slowly is a rate in bytes a second at which no file of these tests ends before the other
// tab, or the person, has done something.
const slowly = 256 << 10

func autoStart(snippet string) string { return portal.Attribute(snippet, "auto-start", "") }

// eachWay runs a test for each way to the engine on a page of another origin that comes
// with storage. Files start by themselves.
func eachWay(t *testing.T, test func(*testing.T, portal.Portal)) {
	t.Helper()
	for name, as := range map[string]portal.Setting{
		"a blob worker, another site": {Site: portal.AnotherSite, Policy: portal.BlobPolicy + trustedTypes},
		"a frame of the same site":    {Site: portal.SameSite, Policy: portal.FramePolicy + trustedTypes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			as.Change = autoStart
			test(t, portal.Open(t, as))
		})
	}
}

// The same file in two tabs: one sends, and the other shows it and says so.
func TestTwoTabsOnAnotherOriginShareOneUpload(t *testing.T) {
	t.Parallel()
	eachWay(t, func(_ *testing.T, p portal.Portal) {
		other, content := sendInTwoTabs(p)
		other.Until(`row("flyer.pdf").Text.includes('already being uploaded in another window')`)
		p.Proxy.SetRate(0)
		p.WantIntact("flyer.pdf", content)
		other.AwaitRow("flyer.pdf", "done")
		p.WantOneUpload()
		p.WantSentAtMost(int64(len(content)))
		p.WantNoError()
		other.WantNoError()
	})
}

func TestTabOnAnotherOriginTakesOver(t *testing.T) {
	t.Parallel()
	eachWay(t, func(_ *testing.T, p portal.Portal) {
		other, content := sendInTwoTabs(p)
		p.Must(p.Page().Navigate("about:blank"))
		p.Proxy.SetRate(0)
		other.WantIntact("flyer.pdf", content)
		other.WantOneUpload()
		other.WantSentAtMost(int64(len(content)) + p.LongestChunk())
		other.WantNoError()
	})
}

// sendInTwoTabs drops one file in two tabs of the portal, of which the first one sends.
func sendInTwoTabs(p portal.Portal) (other *browserstage.Stage, content []byte) {
	p.Helper()
	content = portal.PDF(8 << 20)
	path := p.File("flyer.pdf", content)
	p.Proxy.SetRate(slowly)
	other = p.SecondTab()
	other.Visit(p.Address)
	for _, tab := range []*browserstage.Stage{p.Stage, other} {
		tab.Drop(path)
		tab.AwaitBytes("flyer.pdf")
	}
	return other, content
}

// The server answers 401 to a chunk in the middle of the file: getToken is called once, and
// the upload resumes at its offset.
func TestTokenIsRenewedOnAnotherOrigin(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, p portal.Portal) {
		const size = 6 << 20
		expired := p.Token(-time.Hour)
		p.GiveTokens(p.Token(time.Hour), p.Token(2*time.Hour))
		p.Proxy.Add(&proxy.Fault{Name: "a token that has expired", Match: proxy.CrossingByte(size / 2), Times: 1, Act: func(c *proxy.Exchange) {
			c.Fire()
			c.Request.Header.Set("Authorization", "Bearer "+expired)
			c.Forward()
		}})
		content := portal.PDF(size)
		p.Drop(p.File("flyer.pdf", content))
		p.WantIntact("flyer.pdf", content)
		p.WantOneUpload()
		p.WantNoError()
		if asked := browserstage.Value[[]string](p.Stage, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
			t.Errorf("getToken was called with the reasons %v", asked)
		}
		at := slices.IndexFunc(p.Proxy.Requests(), func(r proxy.Request) bool { return r.Status == http.StatusUnauthorized })
		if at < 0 {
			t.Fatalf("no request was rejected: %s", p.Proxy.Story())
		}
		for _, r := range p.Proxy.Requests()[at+1:] {
			if r.Method == http.MethodPatch && r.Offset == 0 {
				t.Errorf("the upload began again: %s", p.Proxy.Story())
			}
		}
	})
}

// The person signs out in the middle of an upload, which then waits. It resumes when they
// have signed in again. Somebody else's sign-in does not continue it.
func TestSignOutOnAnotherOrigin(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, p portal.Portal) {
		p.Proxy.SetRate(slowly)
		content := portal.PDF(6 << 20)
		p.Drop(p.File("flyer.pdf", content))
		p.AwaitBytes("flyer.pdf")
		signOut(p)
		p.AwaitRow("flyer.pdf", "waiting")
		p.Until(`told.some(event => event.Type === 'auth-required')`)
		signIn(p, "ana")
		p.Proxy.SetRate(0)
		p.WantIntact("flyer.pdf", content)
		p.WantOneUpload()
		p.WantNoError()
		p.WantSentAtMost(int64(len(content)) + p.LongestChunk())

		p.Proxy.SetRate(slowly)
		p.Drop(p.File("of ana.pdf", portal.PDF(6<<20)))
		p.AwaitBytes("of ana.pdf")
		signOut(p)
		p.AwaitRow("of ana.pdf", "waiting")
		signIn(p, "ben")
		if failed := p.AwaitRow("of ana.pdf", "failed"); !slices.Equal(failed.Codes, []string{"other_owner"}) {
			t.Errorf("the row names %v, want other_owner: %s", failed.Codes, failed.Text)
		}
		if uploads := p.Server.Uploads(); len(uploads) != 2 || uploads[1].State != "uploading" {
			t.Errorf("the server has %+v, want ana's unfinished upload beside the first", uploads)
		}
	})
}

func signOut(p portal.Portal) {
	p.Helper()
	p.Evaluate(`document.querySelector('media-upload').getToken = undefined`)
}

func signIn(p portal.Portal, subject string) {
	p.Helper()
	p.Evaluate(fmt.Sprintf(`document.querySelector('media-upload').getToken = async () => %s`, quoted(p.TokenOf(subject, time.Hour))))
}

// Two tabs in whose frames the browser denies storage do not know of each other. The
// server has one upload all the same, and relays it once.
func TestTwoTabsWithoutStorageAreOneUpload(t *testing.T) {
	t.Parallel()
	p := portal.Open(t, portal.Setting{
		Site: portal.AnotherSite, Policy: portal.FramePolicy + trustedTypes, Change: autoStart,
		WebFiles: browserstage.WithWorkerScript(t, noStorage),
	})
	other, content := sendInTwoTabs(p)
	for _, tab := range []*browserstage.Stage{p.Stage, other} {
		tab.Until(`row("flyer.pdf").Text.includes('Keep this window open until the upload is done')`)
	}
	p.Proxy.SetRate(0)
	p.WantIntact("flyer.pdf", content)
	other.WantDone("flyer.pdf", content)
	if uploads := p.Server.Uploads(); len(uploads) != 1 {
		t.Errorf("the server has %+v, want one upload", uploads)
	}
	p.WantNoError()
	other.WantNoError()
}
