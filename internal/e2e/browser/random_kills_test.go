package browser

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// The browser, the server or the connection is killed a hundred times at random moments,
// over a hundred files. The result is a hundred assets with the right digests, and nothing
// is left anywhere.
func TestHundredRandomKills(t *testing.T) {
	stage.LongTest(t)
	const batches, filesEach, killsEach = 10, 10, 10
	seed := rand.Uint64()
	if given, err := strconv.ParseUint(os.Getenv("MEDIARELAY_TEST_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("MEDIARELAY_TEST_SEED=%d repeats these kills", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := browserstage.NewWith(t, browserstage.Setting{OwnBrowser: true, OwnProcess: true})
	s.OpenForMessages()
	digests := map[string]bool{}
	kills := map[string]int{}
	for batch := range batches {
		s.Proxy.SetRate(256 << 10)
		var paths []string
		for i := range filesEach {
			content := append(stage.Notes(1<<20), fmt.Sprintf("file %d of batch %d\n", i, batch)...)
			digests[stage.Digest(content)] = true
			paths = append(paths, s.File(fmt.Sprintf("notes %d-%d.txt", batch, i), content))
		}
		s.Drop(paths...)
		awaitCopies(s)
		for range killsEach {
			time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond) // a random moment
			kills[killOne(s, random.IntN(3))]++
		}
		s.Proxy.SetRate(0)
		s.Evaluate(`dispatchEvent(new Event('online'))`)
		awaitAllDone(s, len(digests))
	}
	if len(kills) != 3 {
		t.Errorf("not every part was killed: %v", kills)
	}
	t.Logf("kills: %v", kills)
	for digest := range digests {
		s.WantStored(digest)
	}
	s.WantNothingLeft()
	s.WantNoSecrets()
}

// killOne kills one of the three, brings it back, and returns its name.
func killOne(s *browserstage.Stage, which int) string {
	s.Helper()
	switch which {
	case 0:
		s.KillBrowser()
		s.Relaunch()
		s.OpenForMessages()
		return "browser"
	case 1:
		s.Server.End(true)
		s.Server.Start()
		return "server"
	}
	s.Proxy.Stop()
	s.Proxy.Start()
	return "line"
}

// awaitCopies waits until the browser has a copy of every unfinished file: before that the
// page does not promise that it survives.
func awaitCopies(s *browserstage.Stage) {
	s.Helper()
	s.Eventually(func() error {
		through := browserstage.Value[int](s, `document.querySelector('media-upload').files.filter(file => file.state === 'done').length`)
		files := browserstage.Value[int](s, `document.querySelector('media-upload').files.length`)
		copies := browserstage.Value[int](s, `databases().then(all => all['mediarelay.copies']?.length ?? 0)`)
		if through+copies < files {
			return fmt.Errorf("%d files, %d done, %d copies", files, through, copies)
		}
		return nil
	})
}

// awaitAllDone waits until a number of files are done and there is no other upload.
func awaitAllDone(s *browserstage.Stage, files int) {
	s.Helper()
	s.Eventually(func() error {
		states := map[string]int{}
		for _, h := range s.Server.Uploads() {
			states[h.State]++
		}
		if states["done"] != files || len(states) != 1 {
			return fmt.Errorf("uploads by state: %v, want %d done", states, files)
		}
		return nil
	})
}
