package preflight_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
)

// BenchmarkCheck holds the verdict against its peer, reading the whole file, in
// the same run on the same file on disk. Times are medians:
//
//	ns/op      the verdict
//	ns/whole   the peer, through a buffer of 1 MiB
//	whole/op   how many verdicts are given while the peer reads once
//	B/verdict  bytes that the verdict read
//	reads/op   in how many reads
func BenchmarkCheck(b *testing.B) {
	for _, kind := range []struct{ name, filename, recipe string }{
		{"jpeg", "photo.jpg", "jpeg data=%[1]d"},
		{"png", "picture.png", "png data=%[1]d"},
		{"mp4-index-first", "clip.mp4", "mp4 video=h264 audio=aac bytes=%[1]d samples=%[2]d"},
		{"mp4-index-last", "clip.mp4", "mp4 video=h264 audio=aac last bytes=%[1]d samples=%[2]d"},
		{"docx", "offer.docx", "zip main=application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml bytes=%[1]d"},
		{"pdf", "offer.pdf", "pdf bytes=%[1]d"},
	} {
		for _, size := range []struct {
			name  string
			bytes int
		}{{"4KB", 4 << 10}, {"1MB", 1 << 20}, {"16MB", 16 << 20}, {"100MB", 100 << 20}} {
			// What stands around the picture's or archive's data is some hundred bytes.
			recipe := fmt.Sprintf(kind.recipe, size.bytes-1000, 4+size.bytes/frameBytes)
			b.Run(kind.name+"/"+size.name, func(b *testing.B) { benchCheck(b, kind.filename, recipe) })
		}
	}
}

// frameBytes is a frame of a film of 10 minutes that fills 100 MB at 30 frames a
// second. The more frames, the longer the index.
const frameBytes = 5800

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
			b.Fatal("the file was not known")
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

// countingReader counts what is read through it.
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
