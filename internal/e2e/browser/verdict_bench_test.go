package browser

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/web"
)

// readCounterScript stands in front of the worker's script and adds to each verdict how
// much of the file was read for it. The worker reads by Blob.slice alone.
const readCounterScript = `{
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

// measureScript asks a worker of its own, with the messages of the worker protocol, and
// reads the whole file for comparison. It intercepts the files that are dropped on the
// element, so that they are on disk as a person's files are.
const measureScript = `
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

// BenchmarkVerdictInTheBrowser asks the worker from the page, including the messages in
// both directions, against reading the whole file on the page in the same run. Times are
// medians:
//
//	ms/verdict   the verdict
//	ms/whole     the peer: reading the whole file
//	whole/op     ms/whole as a multiple of ms/verdict
//	B/verdict    bytes that were read for the verdict
//	reads/op     number of reads
func BenchmarkVerdictInTheBrowser(b *testing.B) {
	files, worker := withReadCounter(b)
	s := browserstage.NewWith(b, browserstage.Setting{WebFiles: files})
	s.Open(s.Token(time.Hour))
	s.Evaluate(fmt.Sprintf(measureScript, worker))
	for _, file := range preflighttest.BenchFiles() {
		b.Run(file.Name, func(b *testing.B) {
			here := *s
			here.TB = b
			benchVerdict(&here, b, file.Filename, file.Recipe)
		})
	}
}

func benchVerdict(s *browserstage.Stage, b *testing.B, name, recipe string) {
	made, err := preflighttest.Make(recipe)
	s.Must(err)
	path := filepath.Join(s.TempDir(), name)
	s.Must(made.Save(path))
	s.Evaluate("window.taken = undefined")
	s.Drop(path)
	s.Until("window.taken?.length === 1")
	awaitMeasurement(s, "measure(taken[0])") // the first call waits for the module
	var verdicts, wholes []float64
	var last measured
	for b.Loop() {
		last = awaitMeasurement(s, "measure(taken[0])")
		if last.Type == "" {
			b.Fatal("the file has no type")
		}
		verdicts, wholes = append(verdicts, last.Verdict), append(wholes, last.Whole)
	}
	verdict, whole := stage.Median(verdicts), stage.Median(wholes)
	b.ReportMetric(0, "ns/op") // the round trip to the browser is not measured
	b.ReportMetric(verdict, "ms/verdict")
	b.ReportMetric(whole, "ms/whole")
	b.ReportMetric(whole/verdict, "whole/op")
	b.ReportMetric(last.Bytes, "B/verdict") // the same in every run
	b.ReportMetric(last.Reads, "reads/op")
}

// awaitMeasurement evaluates a promise in the page.
func awaitMeasurement(s *browserstage.Stage, expression string) measured {
	s.Helper()
	s.Evaluate("window.settled = undefined; " + expression + ".then(m => { window.settled = m })")
	s.Until("window.settled")
	return browserstage.Value[measured](s, "window.settled")
}

// withReadCounter returns the web files with the counter in the worker's script. The
// worker's compressed forms are left out.
func withReadCounter(b *testing.B) (files fs.FS, worker string) {
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
	copied[worker].Data = append([]byte(readCounterScript), copied[worker].Data...)
	delete(copied, worker+".br")
	delete(copied, worker+".gz")
	return copied, worker
}
