package store

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// A body is copied through one buffer: small while little arrives at a time, large while
// more is waiting to be read. A stalled upload therefore holds a small one, and a fast
// one costs few system calls.
const (
	smallBuffer = 4 << 10
	largeBuffer = 256 << 10
	// maxLargeBuffers bounds the memory of many uploads that wait for a slow disk: 16 MiB.
	maxLargeBuffers = 64
)

type buffers struct {
	small, large sync.Pool
	largeInUse   atomic.Int64
}

var copyBuffers = buffers{
	small: sync.Pool{New: func() any { b := make([]byte, smallBuffer); return &b }},
	large: sync.Pool{New: func() any { b := make([]byte, largeBuffer); return &b }},
}

// get returns a buffer that the caller puts back. It is small if too many large ones are
// in use.
func (b *buffers) get(large bool) *[]byte {
	if large && b.largeInUse.Add(1) <= maxLargeBuffers {
		return b.large.Get().(*[]byte)
	}
	if large {
		b.largeInUse.Add(-1)
	}
	return b.small.Get().(*[]byte)
}

func (b *buffers) put(buffer *[]byte) {
	if len(*buffer) == smallBuffer {
		b.small.Put(buffer)
		return
	}
	b.large.Put(buffer)
	b.largeInUse.Add(-1)
}

// write writes at offset without checking the upload's end.
func (f *Folder) write(id string, offset int64, r io.Reader) (n int64, err error) {
	file, err := f.root.OpenFile(name(id), os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	// A failed write may only show when the file is closed.
	defer func() { err = errors.Join(err, file.Close()) }()
	return copyTo(&uploadWriter{file: file, end: offset, begun: offset}, r)
}

// writebackStep is how many bytes are written before the disk begins to store them. The
// disk then works while the rest arrives, and the flush at the end waits only for the last
// ones.
const writebackStep = 1 << 20

// uploadWriter writes at the end of an upload.
type uploadWriter struct {
	file *os.File
	end  int64
	// begun is the offset up to which the disk was told to store the bytes.
	begun int64
}

func (w *uploadWriter) Write(p []byte) (int, error) {
	n, err := w.file.WriteAt(p, w.end)
	w.end += int64(n)
	if w.end-w.begun >= writebackStep {
		beginWriteback(w.file, w.begun, w.end-w.begun)
		w.begun = w.end
	}
	return n, err
}

// copyTo writes the bytes of each read at once, so that they can be sent early and
// survive a crash.
func copyTo(w io.Writer, r io.Reader) (n int64, err error) {
	for more := false; ; {
		written, full, err := pass(w, r, more)
		n += int64(written)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		more = full
	}
}

// pass copies the bytes of one read. A read that fills its buffer suggests that more
// bytes are waiting.
func pass(w io.Writer, r io.Reader, large bool) (written int, full bool, err error) {
	buffer := copyBuffers.get(large)
	defer copyBuffers.put(buffer)
	n, readErr := r.Read(*buffer)
	if n > 0 {
		if written, err = w.Write((*buffer)[:n]); err != nil {
			return written, false, err
		}
	}
	return written, n == len(*buffer), readErr
}
