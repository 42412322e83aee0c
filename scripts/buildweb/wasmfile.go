package main

import (
	"encoding/binary"
	"errors"
	"iter"
)

// errModule rejects a file that is not a WebAssembly module as the Go linker
// writes it.
var errModule = errors.New("not a WebAssembly module of the Go linker")

// headerBytes is the length of a module's magic number and version.
const headerBytes = 8

// The ids of the sections that are read here.
//
// Source: WebAssembly 1.0, section 5.5.2.
const (
	customSection = 0
	codeSection   = 10
	dataSection   = 11
)

// section is one section of a module.
type section struct {
	id         byte
	body       []byte
	start, end int // of the whole section in the module, id and length included
}

// sections lists the sections of a module in order. It stops at the first one
// that does not fit into the module.
func sections(module []byte) iter.Seq[section] {
	return func(yield func(section) bool) {
		for start := headerBytes; start < len(module); {
			r := &reader{bytes: module[start+1:]}
			body := r.take(r.number())
			end := len(module) - len(r.bytes)
			if r.failed || !yield(section{module[start], body, start, end}) {
				return
			}
			start = end
		}
	}
}

// findSection returns the first section with an id.
func findSection(module []byte, id byte) (section, error) {
	for s := range sections(module) {
		if s.id == id {
			return s, nil
		}
	}
	return section{}, errModule
}

// reader reads values from the front of bytes. After a value that is cut short
// it has failed, and every further value is zero.
type reader struct {
	bytes  []byte
	failed bool
}

// number reads an unsigned LEB128.
func (r *reader) number() int {
	n, width := binary.Uvarint(r.bytes)
	if width <= 0 || n > 1<<32-1 {
		r.fail()
		return 0
	}
	r.bytes = r.bytes[width:]
	return int(n)
}

func (r *reader) take(n int) []byte {
	if n > len(r.bytes) {
		r.fail()
		return nil
	}
	taken := r.bytes[:n]
	r.bytes = r.bytes[n:]
	return taken
}

// text reads a string with its length before it.
func (r *reader) text() string { return string(r.take(r.number())) }

func (r *reader) fail() { r.bytes, r.failed = nil, true }
