package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight/preflighttest"
)

// The vectors of the package get the same verdict from the program.
func TestCheckVectors(t *testing.T) {
	vectors, err := preflighttest.Read("../internal/preflight/testdata")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, v := range vectors {
		if fitsCommand(v) {
			t.Run(v.Where, func(t *testing.T) { holdCheck(t, v) })
			held++
		}
	}
	if held == 0 {
		t.Fatal("no vector fits the command")
	}
	t.Logf("%d vectors", held)
}

// fitsCommand: the program hears no declared type and no page's kinds, and a
// disk has no names with a slash or of 300 bytes.
func fitsCommand(v preflighttest.Vector) bool {
	const longest = 255
	q := v.Question
	return q.DeclaredType == "" && len(q.Kinds) == 0 && len(q.Filename) <= longest && !strings.ContainsAny(q.Filename, "/\x00")
}

func holdCheck(t *testing.T, v preflighttest.Vector) {
	t.Helper()
	path := filepath.Join(t.TempDir(), v.Question.Filename)
	if err := v.File.Save(path); err != nil {
		t.Fatal(err)
	}
	command := checkCommand{JSON: true, Purpose: media.JoinPurposes(v.Question.Purposes), Kind: string(v.Question.Kind), Files: []string{path}}
	var out bytes.Buffer
	err := command.Run(&out)
	if refused := err != nil; refused != (v.Verdict == "refuse") {
		t.Errorf("%s: the command ended with %v", v.Title, err)
	}
	var got jsonVerdict
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v in %q", v.Title, err, out.String())
	}
	var codes []string
	for _, r := range got.Reasons {
		codes = append(codes, string(r.Code))
	}
	if reasons := strings.Join(codes, " "); got.Verdict != v.Verdict || got.Kind != v.Kind || got.Type != v.Type || reasons != v.Reasons {
		t.Errorf("%s: got %s %q %q %q, want %s %q %q %q", v.Title,
			got.Verdict, got.Kind, got.Type, reasons, v.Verdict, v.Kind, v.Type, v.Reasons)
	}
}
