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
	comparedSize = 16 << 20 // bytes: long enough for something to happen in the middle
	comparedRate = 4 << 20  // bytes a second
	comparedName = "notes.txt"
)

// comparison is a fault that each client meets.
type comparison struct {
	what  string
	own   bool // the browser's profile lies on the disk
	files int  // that are to arrive; 1 where 0
	// comesBack says that a later visit finds the file on its way.
	comesBack bool
	// patience is for a fault that takes long by itself.
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
	{what: "The token ends in the middle", play: func(v *visitor, path string) {
		v.useShortToken()
		v.Proxy.SetRate(comparedSize / 10)
		v.choose(path)
	}},
	{what: "The token has ended when a paused file goes on", play: func(v *visitor, path string) {
		v.useShortToken()
		v.choose(path)
		v.pauseAtHalf()
		time.Sleep(6 * time.Second) // until it has ended
		v.perform("resume")
	}},
	{what: "The connection stands still", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "a stall", Match: upTo(1, proxy.Method(http.MethodPatch)), Act: proxy.SwallowBody})
		v.choose(path)
	}},
	{what: "A proxy takes bodies of 1 MB at most", play: func(v *visitor, path string) {
		v.Proxy.Add(&proxy.Fault{Name: "413", Match: proxy.LargerThan(1 << 20), Act: proxy.RespondHTML(http.StatusRequestEntityTooLarge)})
		v.choose(path)
	}},
	{what: "The upload is gone when a paused file goes on", play: func(v *visitor, path string) {
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
	{what: "A bit of the file changes on the way", play: func(v *visitor, path string) {
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

// upTo are the first requests that another match picks. A client that gives up
// before the last of them is what the table tells, and no error of the test.
func upTo(n int, of proxy.Match) proxy.Match {
	return func(r *http.Request) bool {
		if n == 0 || !of(r) {
			return false
		}
		n--
		return true
	}
}

// useShortToken gives the page a token that the server takes for five seconds more, and another one after it.
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
