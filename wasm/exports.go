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

// Errors that an export returns instead of a length.
const (
	// failedPanic: a bug in this program. The worker must replace the module.
	failedPanic int32 = -1
	// failedInput: the fields in the buffer are not the expected ones.
	failedInput int32 = -2
	// failedHandle: no upload or digest has this handle.
	failedHandle int32 = -3
)

// buffer holds texts in both directions and the input of a digest. It never shrinks.
var buffer = make([]byte, 16<<10)

var (
	uploads = newHandles[*uploader.Machine]()
	digests = newHandles[*digest.SHA256]()
)

// mediarelay_buffer grows the buffer to at least length bytes and returns its address.
// Every call may move memory, so the worker needs a new view after each.
//
//go:wasmexport mediarelay_buffer
func mediarelay_buffer(length int32) unsafe.Pointer {
	if n := int(length); n > len(buffer) {
		buffer = make([]byte, n)
	}
	return unsafe.Pointer(unsafe.SliceData(buffer))
}

// mediarelay_check checks the file that the worker's read function reads. It writes
// the verdict as JSON into the buffer and returns its length.
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

// mediarelay_upload_new creates the machine of an upload of size bytes and returns its
// handle. crossOrigin is 1 if the server has another origin than the worker, else 0.
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

// mediarelay_upload_event sends an event to an upload; now is in milliseconds. It
// writes the action as JSON into the buffer and returns its length.
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

// mediarelay_upload_free releases an upload.
//
//go:wasmexport mediarelay_upload_free
func mediarelay_upload_free(handle int32) { uploads.remove(handle) }

// mediarelay_digest_new starts a SHA-256 and returns its handle.
//
//go:wasmexport mediarelay_digest_new
func mediarelay_digest_new() (result int32) {
	defer recovered(&result)
	return digests.add(digest.New())
}

// mediarelay_digest_write adds the first length bytes of the buffer to a digest. At
// most 1 MiB per call: V8 optimizes a function only between calls, so one long first
// call would run in unoptimized code to its end.
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

// mediarelay_digest_sum ends a digest and releases its handle. It writes the
// hexadecimal digits into the buffer and returns their number.
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

// mediarelay_digest_free releases an unfinished digest.
//
//go:wasmexport mediarelay_digest_free
func mediarelay_digest_free(handle int32) { digests.remove(handle) }

// readFile is imported from the worker. It copies up to length bytes of the file under
// check, from offset, to p, and returns their number, or -1 if the file cannot be read.
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

// recovered turns a panic into an error code. Otherwise the runtime would exit, while
// the call and all later ones return garbage.
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
