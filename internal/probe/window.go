package probe

// windowBytes is one read of a window.
const windowBytes = 64 << 10

// streamBytes is what a window may read in all. The largest picture that any
// purpose takes has 5 MiB.
const streamBytes = 6 << 20

// window reads a file from front to back through one buffer, outside the budget
// of pages, for the checks that must see every byte.
type window struct {
	s      *source
	buffer []byte
	from   int64
	held   []byte
	left   int64
}

func newWindow(s *source) *window { return &window{s: s, left: streamBytes} }

// at gives up to n bytes from offset, n at most windowBytes. They are
// overwritten by the next call.
func (w *window) at(offset int64, n int) []byte {
	if w.s.size <= pageBytes {
		return w.s.at(offset, n)
	}
	if offset < 0 || offset >= w.s.size {
		return nil
	}
	n = int(min(int64(n), w.s.size-offset))
	if offset < w.from || offset+int64(n) > w.from+int64(len(w.held)) {
		w.slide(offset)
	}
	within := min(int(offset-w.from), len(w.held))
	return w.held[within:min(within+n, len(w.held))]
}

func (w *window) slide(offset int64) {
	if w.buffer == nil {
		w.buffer = make([]byte, windowBytes)
	}
	n := min(windowBytes, w.s.size-offset, w.left)
	w.from, w.held = offset, nil
	if n > 0 && !w.s.unreadable {
		w.left -= n
		w.held = w.s.fill(w.buffer[:n], offset)
	}
}

// each shows the bytes of [from, to) in pieces, as far as the window may read.
// visit says whether to go on.
func (w *window) each(from, to int64, visit func(piece []byte) bool) {
	for from < to {
		piece := w.rest(from, to)
		if len(piece) == 0 || !visit(piece) {
			return
		}
		from += int64(len(piece))
	}
}

// rest gives what is held from an offset, or reads on where nothing is.
func (w *window) rest(from, to int64) []byte {
	piece := w.at(from, 1)
	if len(piece) == 0 || w.s.size <= pageBytes {
		return w.s.at(from, int(min(to-from, pageBytes)))
	}
	held := w.held[from-w.from:]
	return held[:min(int64(len(held)), to-from)]
}
