package preflighttest

import "fmt"

// BenchFile is a file that a benchmark takes, as Make makes it.
type BenchFile struct {
	// Name of the benchmark, as "jpeg/4KB".
	Name     string
	Filename string
	Recipe   string
}

// frameBytes is a frame of a film of 10 minutes that fills 100 MB at 30 frames a
// second. The more frames, the longer the index.
const frameBytes = 5800

// BenchFiles lists a file of every family in sizes from 4 KB to 100 MB, so that
// what is measured natively and in the browser can be held side by side.
func BenchFiles() []BenchFile {
	var files []BenchFile
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
			files = append(files, BenchFile{Name: kind.name + "/" + size.name, Filename: kind.filename, Recipe: recipe})
		}
	}
	return files
}
