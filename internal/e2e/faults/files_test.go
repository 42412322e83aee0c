package faults

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/preflight/preflighttest"
)

// earlyFiles are large enough to be sent early. Each has a length of its own, by which its
// session is found at the provider, and a last chunk of a few bytes, beyond the withheld
// ones.
func earlyFiles(t *testing.T, count int) []*stage.File {
	t.Helper()
	plain := stage.Photo(t)
	files := make([]*stage.File, count)
	for n := range files {
		name := fmt.Sprintf("arrival %d.jpg", n)
		content := padJPEG(plain, name, 1_500_000+1000*n)
		files[n] = &stage.File{Name: name, Content: content, Checksums: n%2 == 0, ChunkSize: (len(content) - 1) / 8}
	}
	return files
}

func totalBytes(files []*stage.File) (sum int) {
	for _, f := range files {
		sum += len(f.Content)
	}
	return sum
}

// generate makes the file of a recipe; see preflighttest.
func generate(t testing.TB, recipe string) []byte {
	t.Helper()
	file, err := preflighttest.Make(recipe)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// jpegFiles makes files of a size in bytes, each with other content.
func jpegFiles(t *testing.T, count, size int) []*stage.File {
	t.Helper()
	plain := stage.Photo(t)
	files := make([]*stage.File, count)
	for n := range files {
		name := fmt.Sprintf("picture %d.jpg", n)
		files[n] = &stage.File{Name: name, Content: padJPEG(plain, name, size), Checksums: n%2 == 0, ChunkSize: 128 << 10}
	}
	return files
}

// padJPEG extends a JPEG with comments to about a size in bytes.
func padJPEG(plain []byte, comment string, size int) []byte {
	content := bytes.Clone(plain[:2])
	for len(content)+len(plain) < size || comment != "" {
		text := append([]byte(comment), make([]byte, min(60_000, max(0, size-len(content)-len(plain))))...)
		content = append(content, 0xff, 0xfe)
		content = binary.BigEndian.AppendUint16(content, uint16(len(text)+2))
		content = append(content, text...)
		comment = ""
	}
	return append(content, plain[2:]...)
}
