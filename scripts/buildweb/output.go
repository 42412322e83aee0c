package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// placeholder keeps go:embed valid in a fresh checkout.
const placeholder = "placeholder"

// part says when a visitor downloads a file. Each budget limits some parts.
type part string

const (
	element part = "element" // before the first paint
	later   part = "later"   // when a user adds the first file
	worker  part = "worker"  // the worker's entry, which checks files
	sending part = "sending" // the worker's sending part, after the Go module
	module  part = "module"  // the worker's Go module

	labels    part = "labels"    // the element's labels in one language, before the first paint
	sentences part = "sentences" // the sentences about files in one language, with the list
)

// output is one file of web/dist. A template has no compressed copies, because
// its content is only known when the server executes it.
type output struct {
	name     string
	content  []byte
	part     part
	language string // for labels and sentences
	template bool
}

// hashed replaces %s in pattern with a hash of the content. A pattern without %s
// is a fixed name, which pages refer to.
func hashed(pattern string, content []byte) output {
	sum := sha256.Sum256(content)
	return output{name: strings.ReplaceAll(pattern, "%s", hex.EncodeToString(sum[:5])), content: content}
}

func (o output) path() string { return filepath.Join(dist, filepath.FromSlash(o.name)) }

// files are the paths of the output and its compressed copies.
func (o output) files() []string {
	if o.template {
		return []string{o.path()}
	}
	return []string{o.path(), o.path() + ".br", o.path() + ".gz"}
}

// current reports whether web/dist has the output. The file is written after its
// compressed copies, so if it is up to date, they are too.
func (o output) current() bool {
	have, err := os.ReadFile(o.path())
	if err != nil || !bytes.Equal(have, o.content) {
		return false
	}
	for _, name := range o.files() {
		if _, err := os.Stat(name); err != nil {
			return false
		}
	}
	return true
}

// write brings web/dist up to date, new files first, and reports whether
// anything changed.
func write(outputs []output) (changed bool, err error) {
	errs := make([]error, len(outputs))
	var workers sync.WaitGroup
	for i, o := range outputs {
		if !o.current() {
			changed = true
			workers.Go(func() { errs[i] = o.write() })
		}
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return changed, err
		}
	}
	removed, err := prune(outputs)
	return changed || removed, err
}

func (o output) write() error {
	if err := os.MkdirAll(filepath.Dir(o.path()), 0o755); err != nil {
		return err
	}
	if !o.template {
		if err := replaceFile(o.path()+".br", brotliForm(o.content)); err != nil {
			return err
		}
		if err := replaceFile(o.path()+".gz", gzipForm(o.content)); err != nil {
			return err
		}
	}
	return replaceFile(o.path(), o.content)
}

// replaceFile writes a file atomically. The temporary file is in bin: in web/dist
// it would be embedded into a server that is built at the same time.
func replaceFile(name string, content []byte) error {
	temporary, err := os.CreateTemp("bin", "buildweb-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err == nil {
		err = temporary.Chmod(0o644)
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Rename(temporary.Name(), name)
}

// prune removes the files of earlier builds.
func prune(outputs []output) (removed bool, err error) {
	keep := map[string]bool{filepath.Join(dist, placeholder): true}
	for _, o := range outputs {
		for _, name := range o.files() {
			keep[name] = true
		}
	}
	err = filepath.WalkDir(dist, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || keep[name] {
			return err
		}
		removed = true
		return os.Remove(name)
	})
	return removed, err
}
