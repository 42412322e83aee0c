package browser

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/preflight/preflighttest"
)

// manyFilesScript records when files were dropped, when verdicts came, and the longest
// task of the main thread (Long Tasks API: tasks of 50 ms and more).
const manyFilesScript = `
	window.crowd = { First: 0, Last: 0, Count: 0, Refused: 0, Longest: 0, LongTasks: 0 }
	let start = 0
	addEventListener('drop', () => { start = performance.now() }, true)
	document.addEventListener('file-checked', e => {
		const now = performance.now() - start
		crowd.First ||= now
		crowd.Last = now
		crowd.Count++
		if (e.detail.verdict.outcome === 'refuse') crowd.Refused++
	})
	new PerformanceObserver(list => {
		for (const task of list.getEntries()) {
			if (task.startTime + task.duration < start || start === 0) continue
			crowd.LongTasks++
			crowd.Longest = Math.max(crowd.Longest, task.duration)
		}
	}).observe({ type: 'longtask' })`

type manyFiles struct {
	First, Last, Longest float64 // milliseconds
	Count, Refused       int
	LongTasks            float64
}

const manyFilesCount = 1000

// BenchmarkAThousandFilesAtOnce drops files of 4 KB to 5 MB, as many of each order of
// magnitude, and waits for the last verdict. The peer is a script on the same page that
// passes the same files to a worker one after the other, and shows nothing:
//
//	ms/last           from the drop to the last verdict
//	ms/first          to the first verdict
//	ms/peer           to the peer's last verdict
//	last/peer         ms/last as a multiple of ms/peer
//	ms/longest-task   of the main thread; 0 if none took 50 ms
//	ms/peer-task      of the peer
//	long-tasks/op     tasks of 50 ms and more
func BenchmarkAThousandFilesAtOnce(b *testing.B) {
	files, worker := withReadCounter(b)
	s := browserstage.NewWith(b, browserstage.Setting{WebFiles: files})
	paths := makeManyFiles(s)
	var sum manyFiles
	var peer, peerTask float64
	for b.Loop() {
		s.Open(s.Token(time.Hour))
		s.ForMessages(false)
		s.Evaluate(manyFilesScript)
		s.Drop(paths...)
		s.Until(fmt.Sprintf("crowd.Count === %d", len(paths)))
		got := browserstage.Value[manyFiles](s, "crowd")
		if got.Refused != 0 {
			b.Fatalf("%d files were refused", got.Refused)
		}
		sum.First, sum.Last, sum.LongTasks = sum.First+got.First, sum.Last+got.Last, sum.LongTasks+got.LongTasks
		sum.Longest = max(sum.Longest, got.Longest)
		s.Do(chromedp.Navigate("about:blank")) // the next page starts afresh
		s.Open(s.Token(time.Hour))
		s.Evaluate(fmt.Sprintf(measureScript, worker))
		s.Drop(paths...)
		s.Until(fmt.Sprintf("window.taken?.length === %d", len(paths)))
		peer += awaitMeasurement(s, "measureAll()").Verdict
		peerTask = max(peerTask, browserstage.Value[float64](s, "longest"))
		s.Do(chromedp.Navigate("about:blank"))
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(sum.Last/n, "ms/last")
	b.ReportMetric(sum.First/n, "ms/first")
	b.ReportMetric(peer/n, "ms/peer")
	b.ReportMetric(sum.Last/peer, "last/peer")
	b.ReportMetric(peerTask, "ms/peer-task")
	b.ReportMetric(sum.Longest, "ms/longest-task")
	b.ReportMetric(sum.LongTasks/n, "long-tasks/op")
}

// makeManyFiles makes files of each format in turn, with sizes that a fixed seed spreads
// evenly over the logarithm. They are mostly holes and take little disk.
func makeManyFiles(s *browserstage.Stage) []string {
	s.Helper()
	const least, most = 4 << 10, 5_000_000
	recipes := []struct{ ending, recipe string }{
		{"jpg", "jpeg data=%[1]d"},
		{"png", "png data=%[1]d"},
		{"mp4", "mp4 video=h264 audio=aac bytes=%[1]d samples=%[2]d"},
		{"mp4", "mp4 video=h264 audio=aac last bytes=%[1]d samples=%[2]d"},
		{"pdf", "pdf bytes=%[1]d"},
	}
	random := rand.New(rand.NewPCG(1, 2))
	dir, paths := s.TempDir(), make([]string, manyFilesCount)
	for i := range paths {
		size := int(least * math.Pow(float64(most)/least, random.Float64()))
		r := recipes[i%len(recipes)]
		made, err := preflighttest.Make(fmt.Sprintf(r.recipe, size-1000, 4+size/5800))
		s.Must(err)
		paths[i] = filepath.Join(dir, fmt.Sprintf("%04d.%s", i, r.ending))
		s.Must(made.Save(paths[i]))
	}
	return paths
}
