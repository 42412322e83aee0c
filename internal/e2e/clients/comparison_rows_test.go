//go:build compare

package clients

import (
	"bytes"
	"net/http"
	"os"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

const (
	comparedSize = 16 << 20 // in bytes: large enough for a fault in the middle
	comparedRate = 4 << 20  // in bytes a second
	comparedName = "notes.txt"
)

// comparison is a fault that each client meets.
type comparison struct {
	what  string
	own   bool // the browser has a profile on disk
	files int  // that must arrive; 0 means 1
	// comesBack says that the upload has to resume on a later visit.
	comesBack bool
	// patience replaces the usual limit for a fault that lasts long.
	patience time.Duration
	play     func(*visitor, string)
}

var comparisons = []comparison{
	{what: "The line is cut in the middle", play: cuts(1)},
	{what: "… ten times", play: cuts(10)},
	{what: "503 ten times in a row", patience: 3 * time.Minute, play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "503", Match: upTo(10, proxy.Method(http.MethodPatch, http.MethodHead)), Act: proxy.RespondHTML(http.StatusServiceUnavailable)})
		v.choose(path)
	}},
	{what: "Connections are refused for 60 s", patience: 3 * time.Minute, play: func(v *visitor, path string) {
		v.choose(path)
		v.awaitSent(comparedSize / 2)
		v.Proxy.Stop()
		time.Sleep(time.Minute) // the outage itself
		v.Proxy.Start()
	}},
	{what: "The token expires in the middle", play: func(v *visitor, path string) {
		v.useShortToken()
		v.Proxy.SetRate(comparedSize / 10)
		v.choose(path)
	}},
	{what: "The token has expired when a paused file is resumed", play: func(v *visitor, path string) {
		v.useShortToken()
		v.choose(path)
		v.pauseAtHalf()
		time.Sleep(6 * time.Second) // until it has expired
		v.perform("resume")
	}},
	{what: "The connection stalls", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "a stall", Match: upTo(1, proxy.Method(http.MethodPatch)), Act: proxy.SwallowBody})
		v.choose(path)
	}},
	{what: "A proxy accepts bodies of at most 1 MB", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "413", Match: proxy.LargerThan(1 << 20), Act: proxy.RespondHTML(http.StatusRequestEntityTooLarge)})
		v.choose(path)
	}},
	{what: "The upload is gone when a paused file is resumed", play: func(v *visitor, path string) {
		v.choose(path)
		v.pauseAtHalf()
		v.ExpireUploads()
		v.perform("resume")
	}},
	{what: "The answer to the creation is lost", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "a lost answer", Match: upTo(1, proxy.Creation), Act: proxy.LoseResponse})
		v.choose(path)
	}},
	{what: "The answer to the last chunk is lost", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "a lost answer", Match: upTo(1, proxy.LastChunk(comparedSize)), Act: proxy.LoseResponse})
		v.choose(path)
	}},
	{what: "The browser is killed at half", own: true, comesBack: true, play: func(v *visitor, path string) {
		v.Proxy.SetRate(comparedRate / 2)
		v.choose(path)
		v.awaitSent(comparedSize / 2)
		v.KillBrowser()
		v.Proxy.SetRate(comparedRate)
		v.Relaunch()
		v.visit()
	}},
	{what: "Two tabs send the same file", play: func(v *visitor, path string) {
		v.Proxy.SetRate(comparedRate / 4)
		other := *v
		other.Stage = v.SecondTab()
		other.visit()
		other.choose(path)
		other.awaitSent(comparedSize / 8)
		v.choose(path)
		v.second = &other
		v.Proxy.SetRate(comparedRate)
	}},
	{what: "After half, on the next visit, other bytes have the file's name, size and time", own: true, files: 2, play: func(v *visitor, path string) {
		info, err := os.Stat(path)
		v.Must(err)
		v.choose(path)
		v.awaitSent(comparedSize / 2)
		v.visit()
		v.Must(os.WriteFile(path, otherBytes(), 0o600))
		v.Must(os.Chtimes(path, info.ModTime(), info.ModTime()))
		v.choose(path)
	}},
	{what: "The file is deleted in the middle", own: true, play: func(v *visitor, path string) {
		v.choose(path)
		v.awaitSent(comparedSize / 4)
		v.Must(os.Remove(path))
	}},
	{what: "A bit of the file changes in transit", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "a flipped bit", Match: upTo(1, proxy.Method(http.MethodPatch)), Act: proxy.FlipBit(1000)})
		v.choose(path)
	}},
}

func cuts(times int) func(*visitor, string) {
	return func(v *visitor, path string) {
		for i := range times {
			at := (i + 1) * comparedSize / (times + 1)
			v.Proxy.Add(&proxy.Fault{Name: "a cut", Match: upTo(1, proxy.CrossingByte(at)), Act: func(c *proxy.Exchange) {
				proxy.CutAfter(int64(at) - max(0, proxy.ParseOffset(c.Request.Header.Get("Upload-Offset"))))(c)
			}})
		}
		v.choose(path)
	}
}

// upTo matches the first requests that another Match selects. Unlike Fault.Times it allows
// fewer: a client that gives up early is a result of the table, and no error of the test.
func upTo(n int, of proxy.Match) proxy.Match {
	return func(r *http.Request) bool {
		if n == 0 || !of(r) {
			return false
		}
		n--
		return true
	}
}

// useShortToken gives the page a token that the server accepts for five more seconds, and
// then another one.
func (v *visitor) useShortToken() {
	v.Helper()
	v.tokens = []string{v.Token(5*time.Second - browserstage.TokenLeeway), v.Token(time.Hour)}
	v.visit()
}

func (v *visitor) pauseAtHalf() {
	v.Helper()
	v.awaitSent(comparedSize / 2)
	v.perform("pause")
}

func otherBytes() []byte { return bytes.ToUpper(stage.Notes(comparedSize)) }
