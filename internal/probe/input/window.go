package input

const (
	// WindowBytes is the length of a window's buffer and of one read.
	WindowBytes = 64 << 10
	// StreamBytes bounds what one Window reads. The largest picture that any
	// purpose accepts has 5 MiB.
	StreamBytes = 6 << 20
)

// Window reads a file from front to back through one buffer, for checks that must
// see every byte. It has a budget of its own, StreamBytes. A file of one page is
// read through File.
type Window struct {
	file   *File
	buffer []byte
	from   int64 // offset of held in the file
	held   []byte
	left   int64
}

// NewWindow makes a window over f that has read nothing yet.
func NewWindow(f *File) *Window { return &Window{file: f, left: StreamBytes} }

// At returns up to n bytes from offset; n is at most WindowBytes. The next call
// overwrites them.
func (w *Window) At(offset int64, n int) []byte {
	if w.file.size <= PageBytes {
		return w.file.At(offset, n)
	}
	if offset < 0 || offset >= w.file.size {
		return nil
	}
	n = int(min(int64(n), w.file.size-offset))
	if offset < w.from || offset+int64(n) > w.from+int64(len(w.held)) {
		w.slide(offset)
	}
	within := min(int(offset-w.from), len(w.held))
	return w.held[within:min(within+n, len(w.held))]
}

func (w *Window) slide(offset int64) {
	if w.buffer == nil {
		w.buffer = make([]byte, WindowBytes)
	}
	n := min(WindowBytes, w.file.size-offset, w.left)
	w.from, w.held = offset, nil
	if n > 0 && !w.file.unreadable {
		w.left -= n
		w.held = w.file.fill(w.buffer[:n], offset)
	}
}

// Each calls visit with the bytes of [from, to) piece by piece, until visit
// returns false or the budget ends.
func (w *Window) Each(from, to int64, visit func(piece []byte) bool) {
	for from < to {
		piece := w.piece(from, to)
		if len(piece) == 0 || !visit(piece) {
			return
		}
		from += int64(len(piece))
	}
}

// piece returns what the buffer holds from an offset, and fills the buffer first if
// it holds nothing there.
func (w *Window) piece(from, to int64) []byte {
	first := w.At(from, 1)
	if len(first) == 0 || w.file.size <= PageBytes {
		return w.file.At(from, int(min(to-from, PageBytes)))
	}
	held := w.held[from-w.from:]
	return held[:min(int64(len(held)), to-from)]
}
