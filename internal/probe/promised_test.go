package probe_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/internal/probe"
)

// beginning is how much of a file its promise is read from.
const beginning = 4096

func TestTheFirstBytesPromiseAType(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"JPEG":                 {"\xFF\xD8\xFF\xE0", "image/jpeg"},
		"PNG":                  {"\x89PNG\r\n\x1a\n", "image/png"},
		"PDF":                  {"%PDF-1.7\n", "application/pdf"},
		"MP4":                  {"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video/mp4"},
		"sound of Apple":       {"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00", "audio/mp4"},
		"a phone's video":      {"\x00\x00\x00\x14ftyp3gp4\x00\x00\x02\x00", "video/3gpp"},
		"AMR":                  {"#!AMR\n\x3C\x91", "audio/amr"},
		"a tag with a picture": {"ID3\x03\x00\x00\x00\x7F\x00\x00APIC", "audio/mpeg"},
		"QuickTime":            {"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", ""},
		"HEIC":                 {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", ""},
		"a sticker":            {"RIFF\x00\x10\x00\x00WEBPVP8 ", ""},
		"an archive":           {"PK\x03\x04\x14\x00\x06\x00", ""},
		"AMR wideband":         {"#!AMR-WB\n\x3C\x91", ""},
		"one frame":            {"\xFF\xFB\x90\x64", ""},
		"no brand":             {"\x00\x00\x00\x20ftyp", ""},
		"boxes":                {"\x00\x00\x00\x08free\x00\x00\x10\x00mdat", ""},
		"a text":               {"Get free coffee", ""},
		"a text of Ogg":        {"OggS begins each page", ""},
		"a text of tags":       {"ID3 is a tag", ""},
		"a text in UTF-16":     {"\xFF\xFEG\x00e\x00t\x00", ""},
		"nothing":              {"", ""},
		"a film's tracks, cut": {"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom\x00\x00\x40\x00moov", "video/mp4"},
	} {
		if got := probe.Promised([]byte(c.head)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// beyondTheBeginning are the files that are sent as another type than their
// beginning promises, which costs a request: only their tracks tell.
var beyondTheBeginning = []string{
	"sound in an MP4 named .mp4", // under the brand of films
}

// What may be sent is what its beginning promised, or was promised nothing.
func TestPromisesAreKept(t *testing.T) {
	kept := map[string]int{}
	var broken []string
	for name, file := range sendable(t) {
		head := make([]byte, min(file.Size(), beginning))
		if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		promised, found := probe.Promised(head), probe.Read(file, file.Size()).Type
		switch {
		case promised == found:
			kept[found]++
		case promised != "":
			broken = append(broken, name)
			t.Logf("%s: %q was promised, %q found", name, promised, found)
		}
	}
	slices.Sort(broken)
	if !slices.Equal(broken, beyondTheBeginning) {
		t.Errorf("promises that are not kept: %q, want %q", broken, beyondTheBeginning)
	}
	for _, mediaType := range []string{
		"image/jpeg", "image/png", "application/pdf", "video/mp4", "video/3gpp",
		"audio/mp4", "audio/mpeg", "audio/aac", "audio/amr", "audio/ogg",
	} {
		if kept[mediaType] == 0 {
			t.Errorf("no file of %s was promised and found", mediaType)
		}
	}
}

// sendable is every vector and every file of testdata that may be sent, by name.
func sendable(t *testing.T) map[string]preflighttest.File {
	t.Helper()
	vectors, err := preflighttest.Read("../preflight/testdata")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]preflighttest.File{}
	for _, v := range vectors {
		if v.Verdict != preflight.Refuse {
			files[v.Title] = v.File
		}
	}
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		t.Fatal("no files in testdata: ", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		v := preflight.Check(bytes.NewReader(b), preflight.Question{Filename: name, Size: int64(len(b))})
		if v.Outcome != preflight.Refuse {
			files[name] = preflighttest.File{Head: b}
		}
	}
	return files
}
