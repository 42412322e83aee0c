// Package preflighttest reads the vectors of package preflight and generates the files
// that they describe. With it, tests compare the verdicts of the native package, of the
// package under wasm and of the server with the same vectors.
//
// A vector is a few lines of "key: value"; an empty line ends it; "#" starts a comment.
// An unknown key is an error.
//
//	case: 37
//	title: H.265 in MP4
//	name: clip.mp4
//	make: mp4 video=hevc audio=aac
//	verdict: refuse
//	kind: video
//	type: video/mp4
//	reasons: video_codec
//	fixes: convert_to_mp4
//
// It leaves the verdict to package preflight and knows none of its rules.
package preflighttest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
)

// Vector is a file and the expected verdict.
type Vector struct {
	// Where is the vector's position, "file:line".
	Where string
	// Case is the number in the list of test media; empty if it has none.
	Case, Title string
	File        File
	Question    preflight.Question

	Verdict preflight.Outcome
	Kind    media.Kind
	Type    string
	// Reasons lists the codes in the order of the verdict, separated by spaces.
	Reasons string
	// Fixes lists those of all reasons in their order; compared only if the vector has
	// the key (FixesGiven).
	Fixes      string
	FixesGiven bool
}

// Read reads the vectors in the .txt files of a folder. It is an error if there are none.
func Read(folder string) ([]Vector, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	var all []Vector
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		vectors, err := parse(filepath.Base(name), string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, vectors...)
	}
	if len(all) == 0 {
		return nil, errors.New("no vectors in " + folder)
	}
	return all, nil
}

func parse(name, text string) ([]Vector, error) {
	var all []Vector
	var lines [][2]string
	start := 0
	for n, line := range append(strings.Split(text, "\n"), "") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		if line != "" {
			if len(lines) == 0 {
				start = n + 1
			}
			key, value, _ := strings.Cut(line, ":")
			lines = append(lines, [2]string{key, strings.TrimSpace(value)})
			continue
		}
		if len(lines) > 0 {
			v, err := vectorOf(lines)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, start, err)
			}
			v.Where = fmt.Sprintf("%s:%d", name, start)
			all, lines = append(all, v), nil
		}
	}
	return all, nil
}

func vectorOf(lines [][2]string) (Vector, error) {
	var v Vector
	var recipe string
	seen := map[string]bool{}
	for _, line := range lines {
		if seen[line[0]] {
			return v, fmt.Errorf("duplicate key %q", line[0])
		}
		seen[line[0]] = true
		if line[0] == "make" {
			recipe = line[1]
			continue
		}
		if err := v.set(line[0], line[1]); err != nil {
			return v, err
		}
	}
	for _, key := range []string{"title", "make", "verdict", "reasons"} {
		if !seen[key] {
			return v, fmt.Errorf("missing key %q", key)
		}
	}
	file, err := Make(recipe)
	if err != nil {
		return v, err
	}
	v.File, v.Question.Size = file, file.Size()
	return v, nil
}

func (v *Vector) set(key, value string) error {
	var bad string
	switch key {
	case "case":
		v.Case = value
	case "title":
		v.Title = value
	case "name":
		v.Question.Filename = value
	case "declared":
		v.Question.DeclaredType = value
	case "asked":
		v.Question.Kind = media.Kind(value)
	case "kinds":
		v.Question.Kinds, bad = media.ParseKinds(value)
	case "purpose":
		v.Question.Purposes, bad = media.ParsePurposes(value)
	case "verdict":
		v.Verdict = preflight.Outcome(value)
	case "kind":
		v.Kind = media.Kind(value)
	case "type":
		v.Type = value
	case "reasons":
		v.Reasons = value
	case "fixes":
		v.Fixes, v.FixesGiven = value, true
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	if bad != "" {
		return fmt.Errorf("%s: unknown word %q", key, bad)
	}
	return nil
}
