package faults

import (
	"testing"
)

// BenchmarkCommitsOfSmallUploads counts the durable commits of an upload while 64 clients
// send small files. How many share one depends on the disk: the longer a flush takes, the
// more wait for the next.
func BenchmarkCommitsOfSmallUploads(b *testing.B) {
	for b.Loop() {
		c := newCrowd(b, load{clients: 64, uploads: 640, size: 10_000}, text)
		c.run()
		b.ReportMetric(c.durableCommits()/float64(c.uploads), "commits/upload")
	}
}
