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

// headBytes is how much of a file GuessType is given.
const headBytes = 4096

func TestGuessType(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"JPEG":                    {"\xFF\xD8\xFF\xE0", "image/jpeg"},
		"PNG":                     {"\x89PNG\r\n\x1a\n", "image/png"},
		"PDF":                     {"%PDF-1.7\n", "application/pdf"},
		"MP4":                     {"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video/mp4"},
		"Apple audio":             {"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00", "audio/mp4"},
		"video of a phone":        {"\x00\x00\x00\x14ftyp3gp4\x00\x00\x02\x00", "video/3gpp"},
		"AMR":                     {"#!AMR\n\x3C\x91", "audio/amr"},
		"tag with a picture":      {"ID3\x03\x00\x00\x00\x7F\x00\x00APIC", "audio/mpeg"},
		"QuickTime":               {"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", ""},
		"HEIC":                    {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", ""},
		"sticker":                 {"RIFF\x00\x10\x00\x00WEBPVP8 ", ""},
		"archive":                 {"PK\x03\x04\x14\x00\x06\x00", ""},
		"AMR wideband":            {"#!AMR-WB\n\x3C\x91", ""},
		"one audio frame":         {"\xFF\xFB\x90\x64", ""},
		"no brand":                {"\x00\x00\x00\x20ftyp", ""},
		"boxes without ftyp":      {"\x00\x00\x00\x08free\x00\x00\x10\x00mdat", ""},
		"text":                    {"Get free coffee", ""},
		"text about Ogg":          {"OggS begins each page", ""},
		"text about tags":         {"ID3 is a tag", ""},
		"UTF-16 text":             {"\xFF\xFEG\x00e\x00t\x00", ""},
		"empty":                   {"", ""},
		"movie cut in its tracks": {"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom\x00\x00\x40\x00moov", "video/mp4"},
	} {
		if got := probe.GuessType([]byte(c.head)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// misguessed lists the files whose guess turns out wrong, which costs one request:
// only their tracks show the type.
var misguessed = []string{
	"sound in an MP4 named .mp4", // under the brand of a movie
}

// Every accepted file has the guessed type, or there was no guess.
func TestGuessMatchesRead(t *testing.T) {
	matched := map[string]int{}
	var wrong []string
	for name, file := range acceptedFiles(t) {
		head := make([]byte, min(file.Size(), headBytes))
		if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		guess, found := probe.GuessType(head), probe.Read(file, file.Size()).Type
		switch {
		case guess == found:
			matched[found]++
		case guess != "":
			wrong = append(wrong, name)
			t.Logf("%s: guessed %q, found %q", name, guess, found)
		}
	}
	slices.Sort(wrong)
	if !slices.Equal(wrong, misguessed) {
		t.Errorf("wrong guesses: %q, want %q", wrong, misguessed)
	}
	for _, mediaType := range []string{
		"image/jpeg", "image/png", "application/pdf", "video/mp4", "video/3gpp",
		"audio/mp4", "audio/mpeg", "audio/aac", "audio/amr", "audio/ogg",
	} {
		if matched[mediaType] == 0 {
			t.Errorf("no file is guessed and found to be %s", mediaType)
		}
	}
}

// acceptedFiles returns every vector and every file of testdata that is not refused,
// by name.
func acceptedFiles(t *testing.T) map[string]preflighttest.File {
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
