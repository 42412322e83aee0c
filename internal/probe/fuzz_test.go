package probe_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/probe"
)

// Each family of formats has its own target, seeded with the vectors and the testdata
// files of its types.

func FuzzJPEG(f *testing.F) { fuzz(f, "image/jpeg") }
func FuzzPNG(f *testing.F)  { fuzz(f, "image/png") }
func FuzzWebP(f *testing.F) { fuzz(f, "image/webp") }
func FuzzISO(f *testing.F) {
	fuzz(f, "video/mp4", "audio/mp4", "video/3gpp", "video/quicktime", "image/heic")
}
func FuzzOgg(f *testing.F)      { fuzz(f, "audio/ogg", "video/ogg") }
func FuzzAMR(f *testing.F)      { fuzz(f, "audio/amr") }
func FuzzMPEG(f *testing.F)     { fuzz(f, "audio/mpeg", "audio/aac") }
func FuzzMatroska(f *testing.F) { fuzz(f, "video/webm", "audio/webm", "video/matroska") }
func FuzzPDF(f *testing.F)      { fuzz(f, "application/pdf") }
func FuzzOLE(f *testing.F) {
	fuzz(f, "application/msword", "application/vnd.ms-excel", "application/x-ole-storage")
}

func FuzzZip(f *testing.F) {
	fuzz(f, "application/zip", "application/vnd.openxmlformats-officedocument.")
}

func FuzzText(f *testing.F) {
	fuzz(f, "text/", "application/json", "application/xml", "image/svg+xml")
}

func fuzz(f *testing.F, types ...string) {
	// The fuzzer copies and minimises its inputs: one seed of 100 KB costs as much time
	// as a thousand inputs of 100 bytes.
	const largestSeed = 16 << 10
	seeds := 0
	files, err := seedFiles()
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		facts := probe.Read(file, file.Size())
		if file.Size() > largestSeed || !hasPrefix(facts.Type, types) {
			continue
		}
		b := make([]byte, file.Size())
		if _, err := file.ReadAt(b, 0); err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		seeds++
	}
	if seeds == 0 {
		f.Fatalf("no seed of types %v", types)
	}
	f.Fuzz(checkInvariants)
}

// seedFiles is shared by all targets.
var seedFiles = sync.OnceValues(func() ([]preflighttest.File, error) {
	vectors, err := preflighttest.Read("../preflight/testdata")
	if err != nil {
		return nil, err
	}
	var files []preflighttest.File
	for _, v := range vectors {
		files = append(files, v.File)
	}
	names, _ := filepath.Glob("testdata/*.*")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, preflighttest.File{Head: b})
	}
	return files, nil
})

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// checkInvariants checks what holds for any bytes: Read returns, stays within its
// budget, and gives the same facts the second time.
func checkInvariants(t *testing.T, b []byte) {
	r := &countingReader{r: bytes.NewReader(b)}
	facts := probe.Read(r, int64(len(b)))
	if r.bytes > maxRead {
		t.Errorf("read %d bytes of a file of %d, want at most %d", r.bytes, len(b), maxRead)
	}
	again := probe.Read(bytes.NewReader(b), int64(len(b)))
	if facts.Type != again.Type || len(facts.Flaws) != len(again.Flaws) {
		t.Errorf("got %+v, then %+v", facts, again)
	}
	if facts.Image != nil && (facts.Image.Width < 0 || facts.Image.Height < 0) {
		t.Errorf("image of %d x %d pixels", facts.Image.Width, facts.Image.Height)
	}
}
