package main

import (
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/web"
)

// counter stands in front of the worker's script and sends, with each verdict,
// what was read of the file for it: the worker reads by Blob.slice alone.
const counter = `{
	let bytes = 0, reads = 0
	const slice = Blob.prototype.slice
	Blob.prototype.slice = function (from, to, type) {
		const piece = slice.call(this, from, to, type)
		bytes += piece.size
		reads++
		return piece
	}
	const post = self.postMessage.bind(self)
	self.postMessage = message => {
		post(message.type === 'answer' ? { ...message, bytes, reads } : message)
		bytes = reads = 0
	}
}
`

// meter asks a worker of its own, in the words of web/src/engine/worker-protocol.ts, and
// reads the whole file for comparison. It takes the files that are dropped from
// the element, so that they lie on the disk as a person's do.
const meter = `
	addEventListener('drop', e => {
		dropped = performance.now()
		window.taken = [...e.dataTransfer.files]
		e.preventDefault()
		e.stopImmediatePropagation()
	}, true)
	const policy = trustedTypes.createPolicy('bench', { createScriptURL: url => url })
	const worker = new Worker(policy.createScriptURL('/%s'), { type: 'module' })
	worker.postMessage({ type: 'open', endpoint: location.origin })
	let call = 0
	let dropped = 0
	window.longest = 0
	new PerformanceObserver(list => {
		for (const task of list.getEntries()) {
			if (dropped && task.startTime + task.duration > dropped) longest = Math.max(longest, task.duration)
		}
	}).observe({ type: 'longtask' })
	const check = file => new Promise(resolve => {
		worker.onmessage = event => resolve(event.data)
		const request = { name: file.name, declaredType: file.type, kinds: [], purposes: ['message'] }
		worker.postMessage({ type: 'check', call: ++call, file, request })
	})
	window.measure = async file => {
		const start = performance.now()
		const { answer: verdict, bytes, reads } = await check(file)
		const between = performance.now()
		await file.arrayBuffer()
		const end = performance.now()
		return { Type: verdict.type, Bytes: bytes, Reads: reads, Verdict: between - start, Whole: end - between }
	}
	window.measureAll = async () => {
		await check(new File(['warm'], 'warm.txt'))
		for (const file of taken) await check(file)
		return { Verdict: performance.now() - dropped, Type: 'all' }
	}`

type measured struct {
	Type           string
	Bytes, Reads   float64
	Verdict, Whole float64 // milliseconds
}

// BenchmarkVerdictInTheBrowser asks the worker from the page, the messages both
// ways included, against the page's reading of the whole file in the same run.
// Times are medians:
//
//	ms/verdict   the verdict
//	ms/whole     the peer
//	whole/op     how many verdicts are given while the peer reads once
//	B/verdict    bytes that the verdict read
//	reads/op     in how many reads
func BenchmarkVerdictInTheBrowser(b *testing.B) {
	files, worker := counting(b)
	s := onStageAs(b, setting{files: files})
	s.open(s.token(time.Hour))
	s.evaluate(fmt.Sprintf(meter, worker))
	for _, file := range preflighttest.BenchFiles() {
		b.Run(file.Name, func(b *testing.B) {
			here := *s
			here.TB = b
			benchVerdict(&here, b, file.Filename, file.Recipe)
		})
	}
}

func benchVerdict(s *stage, b *testing.B, name, recipe string) {
	made, err := preflighttest.Make(recipe)
	s.must(err)
	path := filepath.Join(s.TempDir(), name)
	s.must(made.Save(path))
	s.evaluate("window.taken = undefined")
	s.drop(path)
	s.until("window.taken?.length === 1")
	s.await("measure(taken[0])") // the first one waits for the module
	var verdicts, wholes []float64
	var last measured
	for b.Loop() {
		last = s.await("measure(taken[0])")
		if last.Type == "" {
			b.Fatal("the file was not known")
		}
		verdicts, wholes = append(verdicts, last.Verdict), append(wholes, last.Whole)
	}
	verdict, whole := median(verdicts), median(wholes)
	b.ReportMetric(0, "ns/op") // the way to the browser and back says nothing
	b.ReportMetric(verdict, "ms/verdict")
	b.ReportMetric(whole, "ms/whole")
	b.ReportMetric(whole/verdict, "whole/op")
	b.ReportMetric(last.Bytes, "B/verdict") // every time the same
	b.ReportMetric(last.Reads, "reads/op")
}

func median(numbers []float64) float64 {
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}

// await evaluates a promise in the page.
func (s *stage) await(expression string) measured {
	s.Helper()
	s.evaluate("window.settled = undefined; " + expression + ".then(m => { window.settled = m })")
	s.until("window.settled")
	return value[measured](s, "window.settled")
}

// counting gives the web files with the counter in the worker's script, whose
// compressed forms are left out.
func counting(b *testing.B) (files fs.FS, worker string) {
	b.Helper()
	copied := fstest.MapFS{}
	err := fs.WalkDir(web.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(web.Files(), name)
		copied[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	found, err := fs.Glob(copied, "widget/worker-????????.js")
	if err != nil || len(found) != 1 {
		b.Fatalf("the workers are %v: %v", found, err)
	}
	worker = found[0]
	copied[worker].Data = append([]byte(counter), copied[worker].Data...)
	delete(copied, worker+".br")
	delete(copied, worker+".gz")
	return copied, worker
}

// crowdWatch notes when the files were dropped, when verdicts came, and the
// longest task of the main thread (Long Tasks API: of 50 ms and more).
const crowdWatch = `
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

type crowd struct {
	First, Last, Longest float64 // milliseconds
	Count, Refused       int
	LongTasks            float64
}

const crowdFiles = 1000

// BenchmarkAThousandFilesAtOnce drops files of 4 KB to 5 MB, as many of each
// order of size, and waits for the last verdict. The peer is a script on the same
// page that takes the same files and asks a worker for one after the other, and
// shows nothing:
//
//	ms/last           from the drop to the last verdict
//	ms/first          to the first one
//	ms/peer           to the peer's last one
//	last/peer         the former as a ratio
//	ms/longest-task   of the main thread; 0 when none took 50 ms
//	ms/peer-task      the peer's
//	long-tasks/op     tasks of 50 ms and more
func BenchmarkAThousandFilesAtOnce(b *testing.B) {
	files, worker := counting(b)
	s := onStageAs(b, setting{files: files})
	paths := crowdOf(s)
	var sum crowd
	var peer, peerTask float64
	for b.Loop() {
		s.open(s.token(time.Hour))
		s.forMessages(false)
		s.evaluate(crowdWatch)
		s.drop(paths...)
		s.until(fmt.Sprintf("crowd.Count === %d", len(paths)))
		got := value[crowd](s, "crowd")
		if got.Refused != 0 {
			b.Fatalf("%d files were refused", got.Refused)
		}
		sum.First, sum.Last, sum.LongTasks = sum.First+got.First, sum.Last+got.Last, sum.LongTasks+got.LongTasks
		sum.Longest = max(sum.Longest, got.Longest)
		s.do(chromedp.Navigate("about:blank")) // the next one begins anew
		s.open(s.token(time.Hour))
		s.evaluate(fmt.Sprintf(meter, worker))
		s.drop(paths...)
		s.until(fmt.Sprintf("window.taken?.length === %d", len(paths)))
		peer += s.await("measureAll()").Verdict
		peerTask = max(peerTask, value[float64](s, "longest"))
		s.do(chromedp.Navigate("about:blank"))
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

// crowdOf makes the files: of each format in turn, of sizes that a fixed seed
// spreads evenly over the logarithm. They are mostly holes and take little disk.
func crowdOf(s *stage) []string {
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
	dir, paths := s.TempDir(), make([]string, crowdFiles)
	for i := range paths {
		size := int(least * math.Pow(float64(most)/least, random.Float64()))
		r := recipes[i%len(recipes)]
		made, err := preflighttest.Make(fmt.Sprintf(r.recipe, size-1000, 4+size/5800))
		s.must(err)
		paths[i] = filepath.Join(dir, fmt.Sprintf("%04d.%s", i, r.ending))
		s.must(made.Save(paths[i]))
	}
	return paths
}
