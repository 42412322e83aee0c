package probe_test

import (
	"io"
	"testing"

	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/probe"
)

// counting counts what is read.
type counting struct {
	r     io.ReaderAt
	bytes int64
	reads int
}

func (c *counting) ReadAt(p []byte, offset int64) (int, error) {
	c.reads++
	c.bytes += int64(len(p))
	return c.r.ReadAt(p, offset)
}

const (
	megabyte = 1 << 20
	// mostRead is what a file may cost that no purpose takes: the budget, and
	// the windows of the checks that must see every byte.
	mostRead = megabyte + 6*megabyte + 128<<10
)

// What files cost that are large, or made to be costly.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		title, recipe string
		typ           string
		most          int64
	}{
		{"MP4 of 100 MB, index last", "mp4 video=h264 audio=aac bframes last bytes=104857600", "video/mp4", 128 << 10},
		{"MP4 of 100 MB with an index of 2 MB, last", "mp4 video=h264 audio=aac last samples=300000 bytes=104857600", "video/mp4", megabyte},
		{"fragmented MP4 of 100 MB", "mp4 video=h264 fragmented bytes=104857600", "video/mp4", 128 << 10},
		{"PDF of 100 MB", "pdf bytes=104857600", "application/pdf", megabyte},
		{"fragmented MP4 of 490 pieces", "mp4 video=h264 fragmented fragments=490 samples=1000", "video/mp4", megabyte},
		{"JPEG of 5 MB", "jpeg bytes=5242880", "image/jpeg", megabyte},
		{"JPEG with 16 MB of XMP", "jpeg xmp=256", "image/jpeg", megabyte},
		{"PNG of 30000 x 30000", "png size=30000x30000", "image/png", 128 << 10},
		{"PNG of 20 MB", "png bytes=20971520", "image/png", mostRead},
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
		r := &counting{r: file}
		f := probe.Read(r, file.Size())
		if f.Type != c.typ {
			t.Errorf("%s: type %q, want %q", c.title, f.Type, c.typ)
		}
		if r.bytes > c.most {
			t.Errorf("%s: read %d bytes, want %d at most", c.title, r.bytes, c.most)
		}
		t.Logf("%s: %d bytes in %d reads", c.title, r.bytes, r.reads)
	}
}

// Boxes whose sizes lie end the walk.
func TestBoxesThatLie(t *testing.T) {
	const film = `text="\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom`
	for title, recipe := range map[string]string{
		"size 0 inside":            `bytes ` + film + `\x00\x00\x00\x10moov\x00\x00\x00\x00trak"`,
		"size 7":                   `bytes ` + film + `\x00\x00\x00\x07moov"`,
		"64-bit size 0":            `bytes ` + film + `\x00\x00\x00\x01moov\x00\x00\x00\x00\x00\x00\x00\x00"`,
		"64-bit size negative":     `bytes ` + film + `\x00\x00\x00\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"`,
		"64-bit size that wraps":   `bytes ` + film + `\x00\x00\x00\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff"`,
		"2^32 samples in 16 bytes": `bytes ` + film + `\x00\x00\x00\x38moov\x00\x00\x00\x30trak\x00\x00\x00\x28mdia\x00\x00\x00\x20minf\x00\x00\x00\x18stbl\x00\x00\x00\x10ctts\x00\x00\x00\x00\xff\xff\xff\xff"`,
	} {
		file, err := preflighttest.Make(recipe)
		if err != nil {
			t.Fatal(title, err)
		}
		r := &counting{r: file}
		if f := probe.Read(r, file.Size()); len(f.Flaws) == 0 {
			t.Errorf("%s passes for whole: %+v", title, f)
		}
		if r.reads > 4 {
			t.Errorf("%s: %d reads", title, r.reads)
		}
	}
}
