package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The Go linker writes, for every function, tables that lead from a place in the
// code to a file and a line, and to the function's name and parameters. Only a
// stack trace reads them, and the worker shows none: each of its exports recovers.
// Emptied, the lines take 8 % off the download (520 to 480 KB at the time of
// measuring), the names and parameters another 5 % (449 to 426 KB). Everything that the garbage
// collector and the growth of stacks read stays: frame sizes and pointer maps.
//
// Sources: Go's runtime/symtab.go (pcHeader) and runtime/runtime2.go (_func);
// WebAssembly 1.0, section 5.5.14 (data section).

// errLineTable: the linker's form is not the one that is known here. With another
// Go version, hold this file against the sources above.
var errLineTable = errors.New("the module's line table has an unknown form")

// tableMagic begins the tables of Go 1.20 and later: the number, two zeros, an
// instruction size of 1 and pointers of 8 bytes.
var tableMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

const (
	dataSection = 11
	headerBytes = 8 // magic and version of a module
	// fields of a function's record, as offsets in bytes
	funcName       = 4
	funcFrameSizes = 16
	funcFile       = 20
	funcLine       = 24
	funcTables     = 28
	funcUnit       = 32
	funcStartLine  = 36
	funcDataCount  = 43 // one byte
	funcRecord     = 44 // then the offsets of its tables, then those of its data
)

// withoutLines empties the line tables of a module.
func withoutLines(module []byte) (stripped []byte, err error) {
	defer func() {
		// A form that leads outside of the module is one that is not known.
		if recover() != nil {
			err = errLineTable
		}
	}()
	segments := dataSegments(module)
	memory := image(segments)
	table, err := findLineTable(memory)
	if err != nil {
		return nil, err
	}
	if err := table.empty(); err != nil {
		return nil, err
	}
	return withMemory(module, memory, segments[0].address), nil
}

// segment is a run of bytes that a module puts into its memory at the start.
type segment struct {
	address int
	bytes   []byte // of the module
}

func dataSegments(module []byte) []segment {
	r := &leb{bytes: module, at: headerBytes}
	for r.at < len(module) {
		id := module[r.at]
		r.at++
		size := r.next()
		if id == dataSection {
			return r.segments()
		}
		r.at += size
	}
	return nil
}

// leb reads the numbers of a module: 7 bits a byte, the low ones first.
type leb struct {
	bytes []byte
	at    int
}

func (r *leb) next() (n int) {
	for shift := 0; ; shift += 7 {
		b := r.bytes[r.at]
		r.at++
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

// segments reads the Go linker's form of a data segment: memory 0, the address
// as one constant, the bytes.
func (r *leb) segments() []segment {
	list := make([]segment, r.next())
	for i := range list {
		r.at += len([]byte{0x00, 0x41}) // memory index, i32.const
		address := r.next()
		r.at++ // end of the constant
		size := r.next()
		list[i] = segment{address, r.bytes[r.at : r.at+size]}
		r.at += size
	}
	return list
}

// image is the memory as the segments leave it.
func image(segments []segment) []byte {
	end := 0
	for _, s := range segments {
		end = max(end, s.address+len(s.bytes))
	}
	memory := make([]byte, end)
	for _, s := range segments {
		copy(memory[s.address:], s.bytes)
	}
	return memory
}

// lineTable is the linker's table of functions in a memory.
type lineTable struct {
	functions int
	names     []byte
	files     []byte // units and file names
	places    []byte // the tables from place to value
	records   []byte // the index of functions and their records
}

func findLineTable(memory []byte) (lineTable, error) {
	start := bytes.Index(memory, tableMagic)
	if start < 0 || bytes.Contains(memory[start+1:], tableMagic) {
		return lineTable{}, errLineTable
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint64(memory[start+8*i:])) }
	functions, names, units, places, records := word(1), word(4), word(5), word(7), word(8)
	if functions == 0 || names >= units || units >= places || places >= records {
		return lineTable{}, fmt.Errorf("%w: %d functions, tables at %d, %d, %d", errLineTable, functions, units, places, records)
	}
	return lineTable{
		functions: functions,
		names:     memory[start+names : start+units],
		files:     memory[start+units : start+places],
		places:    memory[start+places : start+records],
		records:   memory[start+records:],
	}, nil
}

// empty takes files and lines from every record, and then the bytes of every
// table that no record needs any more: equal tables are shared.
func (t lineTable) empty() error {
	needed := make([]bool, len(t.places))
	needed[0] = true // offset 0 stands for "no table"
	for i := range t.functions {
		record := t.record(i)
		forgetParameters(record)
		t.mark(needed, record[funcFrameSizes:])
		for k := range int(binary.LittleEndian.Uint32(record[funcTables:])) {
			t.mark(needed, record[funcRecord+4*k:])
		}
		for _, field := range []int{funcFile, funcLine, funcUnit, funcStartLine} {
			clear(record[field : field+4])
		}
	}
	for at := range t.places {
		if !needed[at] {
			t.places[at] = 0
		}
	}
	clear(t.files)
	return t.forgetNames()
}

func (t lineTable) record(i int) []byte {
	return t.records[binary.LittleEndian.Uint32(t.records[8*i+4:]):]
}

// mark notes the bytes of the table that a field names.
func (t lineTable) mark(needed []bool, field []byte) {
	start := int(binary.LittleEndian.Uint32(field))
	for at := start; at < t.end(start); at++ {
		needed[at] = true
	}
}

// end is where a table ends: pairs of a change of value and a change of place,
// up to a change of value that is zero and not the first.
func (t lineTable) end(start int) int {
	if start == 0 {
		return 1
	}
	r := &leb{bytes: t.places, at: start}
	for first := true; ; first = false {
		if r.next() == 0 && !first {
			return r.at
		}
		r.next()
	}
}
