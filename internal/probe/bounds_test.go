package probe_test

import (
	"io"
	"strings"
	"testing"

	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/probe"
)

// countingReader counts bytes and reads.
type countingReader struct {
	r     io.ReaderAt
	bytes int64
	reads int
}

func (c *countingReader) ReadAt(p []byte, offset int64) (int, error) {
	c.reads++
	c.bytes += int64(len(p))
	return c.r.ReadAt(p, offset)
}

const (
	megabyte = 1 << 20
	// maxRead is the most that any file costs: the budget, and the window of the
	// checks that must see every byte.
	maxRead = megabyte + 6*megabyte + 128<<10
)

// Reading is bounded for files that are large or built to be expensive.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		title, recipe string
		typ           string
		max           int64
	}{
		{"MP4 of 100 MB, index last", "mp4 video=h264 audio=aac bframes last bytes=104857600", "video/mp4", 128 << 10},
		{"MP4 of 100 MB with an index of 2 MB, last", "mp4 video=h264 audio=aac last samples=300000 bytes=104857600", "video/mp4", megabyte},
		{"fragmented MP4 of 100 MB", "mp4 video=h264 fragmented bytes=104857600", "video/mp4", 128 << 10},
		{"PDF of 100 MB", "pdf bytes=104857600", "application/pdf", megabyte},
		{"fragmented MP4 of 490 pieces", "mp4 video=h264 fragmented fragments=490 samples=1000", "video/mp4", megabyte},
		{"JPEG of 5 MB", "jpeg bytes=5242880", "image/jpeg", megabyte},
		{"JPEG with 16 MB of XMP", "jpeg xmp=256", "image/jpeg", megabyte},
		{"PNG of 30000 x 30000", "png size=30000x30000", "image/png", 128 << 10},
		{"PNG of 20 MB", "png bytes=20971520", "image/png", maxRead},
		{"ZIP of 20,000 entries", "zip entries=20000", "application/zip", megabyte},
		{"ID3 of 256 MB", "mp3 id3=268435455", "audio/mpeg", 128 << 10},
		{"Ogg with 10,000 pages of tags", "ogg tags=10000", "audio/ogg", megabyte},
		{"boxes 40 deep", "mp4 video=h264 nested", "video/mp4", 128 << 10},
		{"zeros", "bytes bytes=104857600", "", 256 << 10},
	} {
		file, err := preflighttest.Make(c.recipe)
		if err != nil {
			t.Fatal(err)
		}
		r := &countingReader{r: file}
		f := probe.Read(r, file.Size())
		if f.Type != c.typ {
			t.Errorf("%s: type %q, want %q", c.title, f.Type, c.typ)
		}
		if r.bytes > c.max {
			t.Errorf("%s: read %d bytes, want at most %d", c.title, r.bytes, c.max)
		}
		t.Logf("%s: %d bytes in %d reads", c.title, r.bytes, r.reads)
	}
}

// A box with an invalid size ends the walk.
func TestInvalidBoxSizes(t *testing.T) {
	const ftyp = `text="\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom`
	for title, recipe := range map[string]string{
		"size 0 inside":            `bytes ` + ftyp + `\x00\x00\x00\x10moov\x00\x00\x00\x00trak"`,
		"size 7":                   `bytes ` + ftyp + `\x00\x00\x00\x07moov"`,
		"64-bit size 0":            `bytes ` + ftyp + `\x00\x00\x00\x01moov\x00\x00\x00\x00\x00\x00\x00\x00"`,
		"64-bit size negative":     `bytes ` + ftyp + `\x00\x00\x00\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"`,
		"64-bit size that wraps":   `bytes ` + ftyp + `\x00\x00\x00\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff"`,
		"2^32 samples in 16 bytes": `bytes ` + ftyp + `\x00\x00\x00\x38moov\x00\x00\x00\x30trak\x00\x00\x00\x28mdia\x00\x00\x00\x20minf\x00\x00\x00\x18stbl\x00\x00\x00\x10ctts\x00\x00\x00\x00\xff\xff\xff\xff"`,
	} {
		file, err := preflighttest.Make(recipe)
		if err != nil {
			t.Fatal(title, err)
		}
		r := &countingReader{r: file}
		if f := probe.Read(r, file.Size()); len(f.Flaws) == 0 {
			t.Errorf("%s: no flaw in %+v", title, f)
		}
		if r.reads > 4 {
			t.Errorf("%s: %d reads, want at most 4", title, r.reads)
		}
	}
}

// Chains with a cycle end.
func TestCycles(t *testing.T) {
	const sector = 512
	numbers := func(n byte) string { return strings.Repeat(string([]byte{n, 0, 0, 0}), sector/4) }
	ole := func(first string) string {
		header := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 22) + "\x09\x00" + strings.Repeat("\x00", 16) + first
		return header + strings.Repeat("\x00", sector-len(header)) + numbers(0)
	}
	for title, content := range map[string]string{
		"directory of a compound file":         ole("\x00\x00\x00\x00"),
		"DIFAT of a compound file":             ole("\xF0\xFF\x0F\x00"),
		"updates of a PDF":                     "%PDF-1.4\nxref\ntrailer << /Root 9 0 R /Prev 9 >>\nstartxref\n9\n%%EOF" + strings.Repeat(" ", 200),
		"updates of a PDF too large to search": "%PDF-1.4\nxref\ntrailer << /Prev 9 >>" + strings.Repeat(" ", megabyte) + "/Root 9 0 R\nstartxref\n9\n%%EOF",
		"PDF catalogue that is its own action": "%PDF-1.4\nxref 1 1\n0000000030 00000 n \n/OpenAction 1 0 R" + strings.Repeat(" ", megabyte) + "/Root 1 0 R\nstartxref\n9\n%%EOF",
		"cross-reference table without an end": "%PDF-1.4\nxref\n" + strings.Repeat("5 0\n", 300_000) + "/Root 1 0 R\nstartxref\n9\n%%EOF",
		"object streams without an end":        "%PDF-1.4\n" + strings.Repeat("/ObjStm stream\n\x78\x9c\x03\x00", 30_000) + "startxref\n9\n%%EOF",
	} {
		// 600 MB of zeros after a compound file give its DIFAT room for a cycle.
		file := preflighttest.File{Head: []byte(content)}
		if strings.HasPrefix(content, "\xD0") {
			file.Gap = 600 * megabyte
		}
		r := &countingReader{r: file}
		probe.Read(r, file.Size())
		if r.bytes > megabyte || r.reads > 80 {
			t.Errorf("%s: %d bytes in %d reads, want at most %d in 80", title, r.bytes, r.reads, megabyte)
		}
	}
}
