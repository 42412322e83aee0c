package probe_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/probe"
)

func read(t *testing.T, name string) probe.Facts {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return probe.Read(bytes.NewReader(b), int64(len(b)))
}

// Videos encoded by ffmpeg, with the facts that ffprobe reports.
func TestVideos(t *testing.T) {
	for _, c := range []struct {
		name, typ, video, audio   string
		profile, chroma, depth    int
		bframes, last, fragmented bool
	}{
		{name: "baseline.mp4", typ: "video/mp4", video: "h264", audio: "aac", profile: 66, chroma: 1, depth: 8},
		{name: "high-b-frames-index-last.mp4", typ: "video/mp4", video: "h264", profile: 100, chroma: 1, depth: 8, bframes: true, last: true},
		{name: "fragmented.mp4", typ: "video/mp4", video: "h264", audio: "aac", profile: 77, chroma: 1, depth: 8, fragmented: true},
		{name: "422-10-bit.mp4", typ: "video/mp4", video: "h264", profile: 122, chroma: 2, depth: 10},
		{name: "hevc.mp4", typ: "video/mp4", video: "hevc", bframes: true, last: true},
		{name: "mpeg4-mp3.mp4", typ: "video/mp4", video: "mpeg4", audio: "mp3", last: true},
		{name: "vp8-opus.webm", typ: "video/webm", video: "vp8", audio: "opus"},
	} {
		f := read(t, c.name)
		if f.Type != c.typ || len(f.Flaws) > 0 || f.Movie == nil {
			t.Errorf("%s: type %q, flaws %v", c.name, f.Type, f.Flaws)
			continue
		}
		v, a := f.Movie.Of(probe.RoleVideo), f.Movie.Of(probe.RoleAudio)
		if len(v) != 1 || v[0].Codec != c.video || v[0].Profile != c.profile || v[0].Chroma != c.chroma || v[0].Depth != c.depth || v[0].BFrames != c.bframes {
			t.Errorf("%s: video %+v", c.name, v)
		}
		if c.video != "vp8" && (v[0].Width != 64 || v[0].Height != 64) {
			t.Errorf("%s: %d x %d", c.name, v[0].Width, v[0].Height)
		}
		if (len(a) == 1) != (c.audio != "") || len(a) == 1 && (a[0].Codec != c.audio || a[0].Channels == 0 && c.video != "vp8") {
			t.Errorf("%s: audio %+v", c.name, a)
		}
		if f.Movie.IndexLast != c.last || f.Movie.Fragmented != c.fragmented {
			t.Errorf("%s: index last %v, fragmented %v", c.name, f.Movie.IndexLast, f.Movie.Fragmented)
		}
	}
}

// Audio files encoded by ffmpeg.
func TestAudio(t *testing.T) {
	for _, c := range []struct {
		name, typ, codec string
		channels         int
	}{
		{"aac.m4a", "audio/mp4", "aac", 1},
		{"alac.m4a", "audio/mp4", "alac", 1},
		{"adts.aac", "audio/aac", "aac", 1},
		{"tagged.mp3", "audio/mpeg", "mp3", 1},
		{"mono.ogg", "audio/ogg", "opus", 1},
		{"vorbis.ogg", "audio/ogg", "vorbis", 2},
	} {
		f := read(t, c.name)
		if f.Type != c.typ || len(f.Flaws) > 0 || f.Movie == nil || len(f.Movie.Tracks) != 1 {
			t.Errorf("%s: %+v", c.name, f)
			continue
		}
		if track := f.Movie.Tracks[0]; track.Role != probe.RoleAudio || track.Codec != c.codec || track.Channels != c.channels {
			t.Errorf("%s: %+v", c.name, track)
		}
	}
}

func TestImages(t *testing.T) {
	for name, want := range map[string]probe.Image{
		"ycbcr.jpg":       {Width: 64, Height: 48, Depth: 8, Color: probe.ColorRGB, Coding: probe.CodingBaseline},
		"progressive.jpg": {Width: 64, Height: 48, Depth: 8, Color: probe.ColorRGB, Coding: probe.CodingProgressive},
		"cmyk.jpg":        {Width: 64, Height: 48, Depth: 8, Color: probe.ColorYCCK, Coding: probe.CodingBaseline},
		"grey16.png":      {Width: 64, Height: 48, Depth: 16, Color: probe.ColorGray, Frames: 1},
		"palette.png":     {Width: 64, Height: 48, Depth: 1, Color: probe.ColorPalette, Frames: 1},
		"lossy.webp":      {Width: 64, Height: 48, Depth: 8, Color: probe.ColorRGB, Frames: 1},
		"moving.webp": {
			Width: 512, Height: 512, Depth: 8, Color: probe.ColorRGBA, Alpha: true, Animated: true, Frames: 3,
			DurationMilliseconds: 300, ShortestMilliseconds: 100,
		},
	} {
		f := read(t, name)
		if f.Image == nil || *f.Image != want || len(f.Flaws) > 0 {
			t.Errorf("%s: %+v %v, want %+v", name, f.Image, f.Flaws, want)
		}
	}
}

// A handler of another type does not hide that a track is protected.
func TestProtectedTrackWithOtherHandler(t *testing.T) {
	file, err := preflighttest.Make("mp4 video=h264 encrypted")
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, file.Size())
	if _, err := file.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	b = bytes.Replace(b, []byte("vide"), []byte("data"), 1)
	f := probe.Read(bytes.NewReader(b), int64(len(b)))
	if v := f.Movie.Of(probe.RoleVideo); len(v) != 1 || !v[0].Encrypted {
		t.Errorf("%+v", f.Movie.Tracks)
	}
}

// Every truncation of a real file is read without a panic. Those of a format that
// declares its length are found to be flawed.
func TestTruncations(t *testing.T) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files in testdata: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n < len(b); n += 1 + len(b)/500 {
			f := probe.Read(bytes.NewReader(b[:n]), int64(n))
			declaresLength := f.Type == "image/png" || f.Type == "image/jpeg" || f.Type == "video/mp4"
			if declaresLength && len(f.Flaws) == 0 {
				t.Errorf("%s cut to %d of %d bytes has no flaw", name, n, len(b))
			}
		}
	}
}

// failingReader fails after a number of reads.
type failingReader struct{ after int }

var errRead = errors.New("read error")

func (b *failingReader) ReadAt(p []byte, _ int64) (int, error) {
	if b.after--; b.after < 0 {
		return 0, errRead
	}
	return len(p), nil
}

// If the reader fails at any time, the facts say nothing about the file.
func TestReaderFails(t *testing.T) {
	f := probe.Read(&failingReader{}, 1000)
	if !f.Has(probe.Unreadable) || f.Type != "" {
		t.Errorf("%+v", f)
	}
	b := append([]byte("\xFF\xD8\xFF"), strings.Repeat("\xFE\xFF\xFF\xFF", 20_000)...)
	if f := probe.Read(&failingAt{b: b, limit: 4096}, int64(len(b))); !f.Has(probe.Unreadable) || f.Type != "" {
		t.Errorf("%+v", f)
	}
}

// failingAt fails for bytes after limit.
type failingAt struct {
	b     []byte
	limit int64
}

func (r *failingAt) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > r.limit {
		return 0, errRead
	}
	return copy(p, r.b[offset:]), nil
}
