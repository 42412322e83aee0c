package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// A hundred times the browser, the server or the line between them is killed at a
// random moment, over a hundred files. A hundred assets, each with its own digest,
// and nothing is left over anywhere.
func TestAHundredKillsLoseNothing(t *testing.T) {
	long(t)
	const batches, filesEach, killsEach = 10, 10, 10
	seed := rand.Uint64()
	if given, err := strconv.ParseUint(os.Getenv("MEDIARELAY_TEST_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("MEDIARELAY_TEST_SEED=%d makes the same kills again", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := onStageAs(t, setting{ownBrowser: true, ownProcess: true})
	s.openForMessages()
	digests := map[string]bool{}
	kills := map[string]int{}
	for batch := range batches {
		s.proxy.slow(256 << 10)
		var paths []string
		for i := range filesEach {
			content := append(notes(1<<20), fmt.Sprintf("file %d of batch %d\n", i, batch)...)
			digests[digestOf(content)] = true
			paths = append(paths, s.file(fmt.Sprintf("notes %d-%d.txt", batch, i), content))
		}
		s.drop(paths...)
		s.awaitKept()
		for range killsEach {
			time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond) // the random moment
			kills[s.killOne(random.IntN(3))]++
		}
		s.proxy.slow(0)
		s.evaluate(`dispatchEvent(new Event('online'))`)
		s.awaitEnd(len(digests))
	}
	if len(kills) != 3 {
		t.Errorf("not everything was killed: %v", kills)
	}
	t.Logf("kills: %v", kills)
	for digest := range digests {
		s.wantStored(digest)
	}
	s.wantNothingLeft()
	s.wantNoSecrets()
}

// killOne kills one of three and brings it back; it says which.
func (s *stage) killOne(which int) string {
	s.Helper()
	switch which {
	case 0:
		s.killBrowser()
		s.relaunch()
		s.openForMessages()
		return "browser"
	case 1:
		s.backstage.end(true)
		s.backstage.start()
		return "server"
	}
	s.proxy.shut()
	s.proxy.open()
	return "line"
}

// awaitKept waits until the browser has a record of every file that is not through:
// before that nobody has been told that it would survive.
func (s *stage) awaitKept() {
	s.Helper()
	s.eventually(func() error {
		through := value[int](s, `document.querySelector('media-upload').files.filter(file => file.state === 'done').length`)
		files := value[int](s, `document.querySelector('media-upload').files.length`)
		copies := value[int](s, `databases().then(all => all['mediarelay.copies']?.length ?? 0)`)
		if through+copies < files {
			return fmt.Errorf("%d files, %d through, %d copies", files, through, copies)
		}
		return nil
	})
}

// awaitEnd waits until so many files are done and no other upload is there.
func (s *stage) awaitEnd(files int) {
	s.Helper()
	s.eventually(func() error {
		states := map[string]int{}
		for _, h := range s.backstage.held() {
			states[h.State]++
		}
		if states["done"] != files || len(states) != 1 {
			return fmt.Errorf("uploads by state: %v, want %d done", states, files)
		}
		return nil
	})
}

// eventually waits for what is not in the page.
func (s *stage) eventually(holds func() error) {
	s.Helper()
	var err error
	for deadline := time.Now().Add(patienceOfPage); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	s.Fatalf("%v; requests: %s", err, s.proxy.story())
}
