//go:build !js

package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
)

// The shipped module gives every vector the expected verdict, with the same facts
// as the package natively. Most fuzz seeds of probe are files of these vectors.
func TestVectorsOnShippedModule(t *testing.T) {
	module := startShippedModule(t)
	vectors, err := preflighttest.Read("../internal/preflight/testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Where, func(t *testing.T) { checkVector(t, module, v) })
	}
	t.Logf("%d vectors", len(vectors))
}

func checkVector(t *testing.T, module *shippedModule, v preflighttest.Vector) {
	t.Helper()
	text, err := module.check(v.File, v.Question)
	if err != nil {
		t.Fatalf("%s: %v", v.Title, err)
	}
	got := parseVerdict(t, text)
	want := verdict{Outcome: string(v.Verdict), Kind: string(v.Kind), Type: v.Type, codes: v.Reasons, fixes: v.Fixes}
	if !v.FixesGiven {
		want.fixes = got.fixes
	}
	if got != want {
		t.Errorf("%s: got %+v, want %+v", v.Title, got, want)
	}
	if native := nativeVerdict(v.File, v.Question); text != native {
		t.Errorf("%s: got %s, natively %s", v.Title, text, native)
	}
}

// The other fuzz seeds of probe: its sample files, and inputs that the fuzzer once
// found. A trap, or an export that recovers from a panic, fails the test.
func TestFuzzSeedsOnShippedModule(t *testing.T) {
	module := startShippedModule(t)
	seeds := fuzzSeeds(t)
	for _, name := range slices.Sorted(maps.Keys(seeds)) {
		t.Run(name, func(t *testing.T) {
			file := preflighttest.File{Head: seeds[name]}
			q := preflight.Question{Filename: filepath.Base(name), Size: file.Size()}
			got, err := module.check(file, q)
			if want := nativeVerdict(file, q); err != nil || got != want {
				t.Errorf("got %s, %v; natively %s", got, err, want)
			}
		})
	}
	t.Logf("%d fuzz seeds", len(seeds))
}

// verdict has the parts of a verdict that a vector gives, as one comparable value.
type verdict struct{ Outcome, Kind, Type, codes, fixes string }

func parseVerdict(t *testing.T, text string) verdict {
	t.Helper()
	var parsed struct {
		verdict
		Reasons []struct {
			Code  string
			Fixes []string
		}
	}
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	var codes, fixes []string
	for _, r := range parsed.Reasons {
		codes, fixes = append(codes, r.Code), append(fixes, r.Fixes...)
	}
	v := parsed.verdict
	v.codes, v.fixes = strings.Join(codes, " "), strings.Join(fixes, " ")
	return v
}

func nativeVerdict(file preflighttest.File, q preflight.Question) string {
	return string(appendVerdict(nil, preflight.Check(file, q)))
}

// fuzzSeeds reads the sample files and the corpus of probe's fuzz tests.
func fuzzSeeds(t *testing.T) map[string][]byte {
	t.Helper()
	const folder = "../internal/probe/testdata"
	samples, err1 := filepath.Glob(filepath.Join(folder, "*.*"))
	corpus, err2 := filepath.Glob(filepath.Join(folder, "fuzz", "*", "*"))
	if err1 != nil || err2 != nil || len(samples) == 0 || len(corpus) == 0 {
		t.Fatalf("%d sample files, %d inputs in the corpus", len(samples), len(corpus))
	}
	seeds := map[string][]byte{}
	for _, path := range samples {
		seeds[filepath.Base(path)] = readFile(t, path)
	}
	for _, path := range corpus {
		name, _ := filepath.Rel(filepath.Join(folder, "fuzz"), path)
		seeds[name] = corpusInput(t, readFile(t, path))
	}
	return seeds
}

// corpusInput decodes a corpus file of a fuzz test that takes one []byte.
func corpusInput(t *testing.T, file []byte) []byte {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(file), []byte("\n"))
	if len(lines) != 2 || string(lines[0]) != "go test fuzz v1" {
		t.Fatalf("not a corpus file: %q", file)
	}
	quoted := strings.TrimSuffix(strings.TrimPrefix(string(lines[1]), "[]byte("), ")")
	input, err := strconv.Unquote(quoted)
	if err != nil {
		t.Fatalf("%v: %s", err, lines[1])
	}
	return []byte(input)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
