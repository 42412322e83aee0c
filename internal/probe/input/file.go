// Package input reads a file of untrusted bytes within fixed bounds: File gives
// random access to small ranges, Window reads from front to back, Fields and
// Bits decode numbers and report missing bytes in place of a panic.
//
// It leaves the meaning of the bytes to the parsers in package probe. It does not
// use encoding/binary, which would bring reflect into the browser's download.
package input

import "io"

const (
	// PageBytes is the length of one read of a header. A read costs a worker about
	// half a millisecond whatever its length, so a longer range is one read.
	PageBytes = 4 << 10
	// budgetBytes bounds what one File reads through At and Tail.
	budgetBytes = 1 << 20
)

// File gives random access to a file. It reads each page once and stops at a
// budget of 1 MiB.
type File struct {
	r          io.ReaderAt
	size       int64
	pages      map[int64][]byte
	left       int64
	unreadable bool
	exhausted  bool
}

// NewFile reads from r, which has size bytes.
func NewFile(r io.ReaderAt, size int64) *File {
	return &File{r: r, size: size, pages: map[int64][]byte{}, left: budgetBytes}
}

// Size is the file's length in bytes.
func (f *File) Size() int64 { return f.size }

// Left is how many bytes of the budget remain.
func (f *File) Left() int64 { return f.left }

// Unreadable reports whether the reader failed.
func (f *File) Unreadable() bool { return f.unreadable }

// Exhausted reports whether a read was refused or cut because of the budget.
func (f *File) Exhausted() bool { return f.exhausted }

// At returns up to n bytes from offset, fewer if the file or the budget ends
// before. The bytes are shared: the caller must not write to them.
func (f *File) At(offset int64, n int) []byte {
	if offset < 0 || offset >= f.size || n <= 0 {
		return nil
	}
	n = int(min(int64(n), f.size-offset))
	if n > PageBytes {
		return f.span(offset, n)
	}
	first, within := offset/PageBytes, int(offset%PageBytes)
	page := f.page(first)
	if within >= len(page) {
		return nil
	}
	if within+n <= len(page) {
		return page[within : within+n]
	}
	next := f.page(first + 1)
	rest := min(within+n-len(page), len(next))
	return append(append(make([]byte, 0, n), page[within:]...), next[:rest]...)
}

// Tail returns up to the last n bytes and the offset of the first of them.
func (f *File) Tail(n int) (b []byte, offset int64) {
	offset = max(0, f.size-int64(n))
	return f.At(offset, n), offset
}

// span reads a range longer than a page. It is not kept.
func (f *File) span(offset int64, n int) []byte {
	if int64(n) > f.left {
		f.exhausted = true
		n = int(f.left)
	}
	if n == 0 || f.unreadable {
		return nil
	}
	f.left -= int64(n)
	return f.fill(make([]byte, n), offset)
}

func (f *File) page(number int64) []byte {
	if page, ok := f.pages[number]; ok {
		return page
	}
	offset := number * PageBytes
	n := min(PageBytes, f.size-offset)
	if n <= 0 || f.unreadable {
		return nil
	}
	if n > f.left {
		f.exhausted = true
		return nil
	}
	f.left -= n
	page := f.fill(make([]byte, n), offset)
	f.pages[number] = page
	return page
}

func (f *File) fill(p []byte, offset int64) []byte {
	n, err := f.r.ReadAt(p, offset)
	if n < len(p) && err != nil {
		f.unreadable = true
	}
	return p[:max(0, min(n, len(p)))]
}
