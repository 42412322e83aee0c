//go:build compare

package main

import (
	"bytes"
	"net/http"
	"os"
	"time"
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
		v.proxy.wrong(&fault{name: "503", meets: upTo(10, method(http.MethodPatch, http.MethodHead)), act: html(http.StatusServiceUnavailable)})
		v.choose(path)
	}},
	{what: "Connections are refused for 60 s", patience: 3 * time.Minute, play: func(v *visitor, path string) {
		v.choose(path)
		v.reaches(comparedSize / 2)
		v.proxy.shut()
		time.Sleep(time.Minute) // the outage itself
		v.proxy.open()
	}},
	{what: "The token ends in the middle", play: func(v *visitor, path string) {
		v.endSoon()
		v.proxy.slow(comparedSize / 10)
		v.choose(path)
	}},
	{what: "The token has ended when a paused file goes on", play: func(v *visitor, path string) {
		v.endSoon()
		v.choose(path)
		v.pauseAtHalf()
		time.Sleep(6 * time.Second) // until it has ended
		v.does("resume")
	}},
	{what: "The connection stands still", play: func(v *visitor, path string) {
		v.proxy.wrong(&fault{name: "a stall", meets: upTo(1, method(http.MethodPatch)), act: swallow})
		v.choose(path)
	}},
	{what: "A proxy takes bodies of 1 MB at most", play: func(v *visitor, path string) {
		v.proxy.wrong(&fault{name: "413", meets: largerThan(1 << 20), act: html(http.StatusRequestEntityTooLarge)})
		v.choose(path)
	}},
	{what: "The upload is gone when a paused file goes on", play: func(v *visitor, path string) {
		v.choose(path)
		v.pauseAtHalf()
		v.expire()
		v.does("resume")
	}},
	{what: "The answer to the creation is lost", play: func(v *visitor, path string) {
		v.proxy.wrong(&fault{name: "a lost answer", meets: upTo(1, creation), act: loseAnswer})
		v.choose(path)
	}},
	{what: "The answer to the last chunk is lost", play: func(v *visitor, path string) {
		v.proxy.wrong(&fault{name: "a lost answer", meets: upTo(1, lastChunk(comparedSize)), act: loseAnswer})
		v.choose(path)
	}},
	{what: "The browser is killed at half", own: true, comesBack: true, play: func(v *visitor, path string) {
		v.proxy.slow(comparedRate / 2)
		v.choose(path)
		v.reaches(comparedSize / 2)
		v.killBrowser()
		v.proxy.slow(comparedRate)
		v.relaunch()
		v.come()
	}},
	{what: "Two tabs send the same file", play: func(v *visitor, path string) {
		v.proxy.slow(comparedRate / 4)
		other := *v
		other.stage = v.secondTab()
		other.come()
		other.choose(path)
		other.reaches(comparedSize / 8)
		v.choose(path)
		v.second = &other
		v.proxy.slow(comparedRate)
	}},
	{what: "After half, on the next visit, other bytes have the file's name, size and time", own: true, files: 2, play: func(v *visitor, path string) {
		info, err := os.Stat(path)
		v.must(err)
		v.choose(path)
		v.reaches(comparedSize / 2)
		v.come()
		v.must(os.WriteFile(path, otherBytes(), 0o600))
		v.must(os.Chtimes(path, info.ModTime(), info.ModTime()))
		v.choose(path)
	}},
	{what: "The file is deleted in the middle", own: true, play: func(v *visitor, path string) {
		v.choose(path)
		v.reaches(comparedSize / 4)
		v.must(os.Remove(path))
	}},
	{what: "A bit of the file changes on the way", play: func(v *visitor, path string) {
		v.proxy.wrong(&fault{name: "a flipped bit", meets: upTo(1, method(http.MethodPatch)), act: flip(1000)})
		v.choose(path)
	}},
}

func cuts(times int) func(*visitor, string) {
	return func(v *visitor, path string) {
		for i := range times {
			at := (i + 1) * comparedSize / (times + 1)
			v.proxy.wrong(&fault{name: "a cut", meets: upTo(1, passing(at)), act: func(c *crossing) {
				cutAfter(int64(at) - max(0, number(c.r.Header.Get("Upload-Offset"))))(c)
			}})
		}
		v.choose(path)
	}
}

// upTo are the first requests that another match picks. A client that gives up
// before the last of them is what the table tells, and no error of the test.
func upTo(n int, of match) match {
	return func(r *http.Request) bool {
		if n == 0 || !of(r) {
			return false
		}
		n--
		return true
	}
}

// endSoon gives the page a token that the server takes for five seconds more, and another one after it.
func (v *visitor) endSoon() {
	v.Helper()
	v.tokens = []string{v.token(5*time.Second - leeway), v.token(time.Hour)}
	v.come()
}

func (v *visitor) pauseAtHalf() {
	v.Helper()
	v.reaches(comparedSize / 2)
	v.does("pause")
}

func otherBytes() []byte { return bytes.ToUpper(notes(comparedSize)) }
