package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
)

// Beside lines, a stack trace shows names and parameters.
//
// Of a name the runtime itself asks two things: whether it begins with
// "runtime.", which tells its own goroutines from the program's, and whether it
// is one of two stubs of reflect. So one name is left for all of the runtime's
// functions and none for the others, and a module with reflect is refused. (The
// check of runtime.panicwrap ends the module where it would have panicked: the
// worker is replaced after either.)
//
// Sources: Go's internal/abi/symtab.go and, in runtime, traceback.go
// (isSystemGoroutine, printArgs), stkframe.go (argMapInternal), preempt.go
// (isAsyncSafePoint), panic.go (panicCheck1), tracestack.go.

var errReflect = errors.New("the module calls functions by package reflect, which needs their names")

var (
	runtimesName = []byte("runtime.")
	// Every program with the one has the other, reflect.methodValueCall.
	reflectsName = []byte("\x00reflect.makeFuncStub\x00")
)

// Indexes into a function's tables and data.
var (
	// tracePlaces: unsafe points, which only an interruption between two instructions
	// reads, and WebAssembly has none; and where parameters live.
	tracePlaces = []int{0, 3}
	// traceData: parameters, which of them live, what a wrapper wraps.
	traceData = []int{5, 6, 7}
)

// noData is the offset of data that is not there.
const noData = math.MaxUint32

// forgetParameters takes out of a function's record what a trace alone reads.
func forgetParameters(record []byte) {
	tables := int(binary.LittleEndian.Uint32(record[funcTables:]))
	for _, k := range tracePlaces {
		if k < tables {
			binary.LittleEndian.PutUint32(record[funcRecord+4*k:], 0)
		}
	}
	for _, k := range traceData {
		if k < int(record[funcDataCount]) {
			binary.LittleEndian.PutUint32(record[funcRecord+4*(tables+k):], noData)
		}
	}
}

// forgetNames leaves two names: none, at 0, and the runtime's, at 1.
func (t lineTable) forgetNames() error {
	if bytes.Contains(t.names, reflectsName) {
		return errReflect
	}
	for i := range t.functions {
		field := t.record(i)[funcName : funcName+4]
		ofRuntime := bytes.HasPrefix(t.names[binary.LittleEndian.Uint32(field):], runtimesName)
		binary.LittleEndian.PutUint32(field, 0)
		if ofRuntime {
			field[0] = 1
		}
	}
	clear(t.names)
	copy(t.names[1:], runtimesName)
	return nil
}
