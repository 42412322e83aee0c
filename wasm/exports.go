//go:build js && wasm

package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"unsafe"

	"mediarelay/internal/digest"
	"mediarelay/internal/preflight"
	"mediarelay/internal/uploader"
)

// What an export returns instead of a length.
const (
	// failedPanic: a fault in this program; the worker must replace the module.
	failedPanic int32 = -1
	// failedInput: the fields in the buffer are not those that were expected.
	failedInput int32 = -2
	// failedHandle: there is no upload, or no digest, by this handle.
	failedHandle int32 = -3
)

// buffer carries texts in both directions, and the bytes of a digest. It never
// shrinks.
var buffer = make([]byte, 16<<10)

var (
	uploads = newHandles[*uploader.Machine]()
	digests = newHandles[*digest.SHA256]()
)

// mediarelay_buffer makes room for length bytes and returns where they begin.
// Memory may move with every call: the worker makes its view anew each time.
//
//go:wasmexport mediarelay_buffer
func mediarelay_buffer(length int32) unsafe.Pointer {
	if n := int(length); n > len(buffer) {
		buffer = make([]byte, n)
	}
	return unsafe.Pointer(unsafe.SliceData(buffer))
}

// mediarelay_check gives the verdict on the file that the worker's read
// function reads, as JSON in the buffer. Returns the JSON's length.
//
//go:wasmexport mediarelay_check
func mediarelay_check(size float64, length int32) (result int32) {
	defer recovered(&result)
	question, ok := readQuestion(input(length), int64(size))
	if !ok {
		return failedInput
	}
	return output(appendVerdict(nil, preflight.Check(file{size: int64(size)}, question)))
}

// mediarelay_upload_new makes an upload of size bytes and returns its handle.
// crossOrigin is 1 where the files are of another origin than the worker.
//
//go:wasmexport mediarelay_upload_new
func mediarelay_upload_new(size, ceiling float64, crossOrigin, length int32) (result int32) {
	defer recovered(&result)
	config, ok := readConfig(input(length))
	if !ok {
		return failedInput
	}
	config.Length, config.Ceiling = int64(size), int64(ceiling)
	config.CrossOrigin, config.Random = crossOrigin == 1, rand.Float64
	return uploads.add(uploader.New(config))
}

// mediarelay_upload_event tells an upload what happened at a time in
// milliseconds. Returns the length of the action as JSON in the buffer.
//
//go:wasmexport mediarelay_upload_event
func mediarelay_upload_event(handle, event, request, status int32, now, offset, retryAfter float64, length int32) (result int32) {
	defer recovered(&result)
	machine, ok := uploads.get(handle)
	if !ok {
		return failedHandle
	}
	e, ok := readEvent(eventWords{event, request, status, offset, retryAfter, input(length)})
	if !ok {
		return failedInput
	}
	return output(appendAction(nil, machine, machine.Handle(int64(now), e)))
}

// mediarelay_upload_free forgets an upload.
//
//go:wasmexport mediarelay_upload_free
func mediarelay_upload_free(handle int32) { uploads.remove(handle) }

// mediarelay_digest_new begins a SHA-256 and returns its handle.
//
//go:wasmexport mediarelay_digest_new
func mediarelay_digest_new() (result int32) {
	defer recovered(&result)
	return digests.add(digest.New())
}

// mediarelay_digest_write takes the first length bytes of the buffer as the
// digest's next. Pieces of 1 MiB at most: a browser runs a call to its end in
// the code that it began it with, so one long first call stays in the slow one.
//
//go:wasmexport mediarelay_digest_write
func mediarelay_digest_write(handle, length int32) (result int32) {
	defer recovered(&result)
	d, ok := digests.get(handle)
	if !ok {
		return failedHandle
	}
	d.Write(input(length))
	return 0
}

// mediarelay_digest_sum ends a digest: its hexadecimal digits are in the buffer,
// the handle is free. Returns their number.
//
//go:wasmexport mediarelay_digest_sum
func mediarelay_digest_sum(handle int32) (result int32) {
	defer recovered(&result)
	d, ok := digests.get(handle)
	if !ok {
		return failedHandle
	}
	digests.remove(handle)
	return output(d.AppendSum(nil))
}

// mediarelay_digest_free forgets a digest that nobody asks for any more.
//
//go:wasmexport mediarelay_digest_free
func mediarelay_digest_free(handle int32) { digests.remove(handle) }

// readFile is the worker's: it puts up to length bytes of the file under check
// from offset at p, and returns how many, or -1 when the file cannot be read.
//
//go:wasmimport mediarelay read
func readFile(p unsafe.Pointer, length int32, offset float64) int32

var errUnreadable = errors.New("wasm: the file cannot be read")

// file is the file under check.
type file struct{ size int64 }

func (f file) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= f.size || len(p) == 0 {
		return 0, io.EOF
	}
	n := int(readFile(unsafe.Pointer(unsafe.SliceData(p)), int32(len(p)), float64(offset)))
	switch {
	case n < 0 || n > len(p):
		return 0, errUnreadable
	case n < len(p):
		return n, io.EOF
	}
	return n, nil
}

// recovered turns a panic into an error code. Without it the call would return
// garbage and go on, on a dead runtime.
func recovered(result *int32) {
	if recover() != nil {
		*result = failedPanic
	}
}

func input(length int32) []byte { return buffer[:length] }

func output(json []byte) int32 {
	if len(json) > len(buffer) {
		buffer = make([]byte, 2*len(json))
	}
	return int32(copy(buffer, json))
}
