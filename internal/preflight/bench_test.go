package preflight_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
)

// BenchmarkCheck compares the verdict with reading the whole file, in the same run on
// the same file on disk. Times are medians:
//
//	ns/op      the verdict
//	ns/whole   reading the whole file through a buffer of 1 MiB
//	whole/op   verdicts given during one reading of the whole file
//	B/verdict  bytes read per verdict
//	reads/op   reads per verdict
func BenchmarkCheck(b *testing.B) {
	for _, file := range preflighttest.BenchFiles() {
		b.Run(file.Name, func(b *testing.B) { benchCheck(b, file.Filename, file.Recipe) })
	}
}

func benchCheck(b *testing.B, name, recipe string) {
	made, err := preflighttest.Make(recipe)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), name)
	if err := made.Save(path); err != nil {
		b.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	counted := &countingReader{r: file}
	question := preflight.Question{Filename: name, Size: made.Size()}
	var verdicts, wholes []time.Duration
	for b.Loop() {
		start := time.Now()
		v := preflight.Check(counted, question)
		between := time.Now()
		readWhole(b, file, made.Size())
		verdicts, wholes = append(verdicts, between.Sub(start)), append(wholes, time.Since(between))
		if v.Type == "" {
			b.Fatal("no type found")
		}
	}
	n := float64(b.N)
	verdict, whole := median(verdicts), median(wholes)
	b.ReportMetric(verdict, "ns/op")
	b.ReportMetric(whole, "ns/whole")
	b.ReportMetric(whole/verdict, "whole/op")
	b.ReportMetric(float64(counted.bytes)/n, "B/verdict")
	b.ReportMetric(float64(counted.reads)/n, "reads/op")
}

func median(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2])
}

// countingReader counts bytes and reads.
type countingReader struct {
	r            io.ReaderAt
	bytes, reads int64
}

func (c *countingReader) ReadAt(p []byte, offset int64) (int, error) {
	n, err := c.r.ReadAt(p, offset)
	c.bytes += int64(n)
	c.reads++
	return n, err
}

var wholeBuffer = make([]byte, 1<<20)

func readWhole(b *testing.B, r io.ReaderAt, size int64) {
	b.Helper()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{io.NewSectionReader(r, 0, size)}, wholeBuffer)
	if err != nil || n != size {
		b.Fatalf("read %d of %d bytes: %v", n, size, err)
	}
}
