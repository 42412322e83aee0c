package probe

import "io"

const (
	// pageBytes is one read of a header. A read costs a worker about half a
	// millisecond whatever its length, so what is longer comes in one read.
	pageBytes = 4 << 10
	// budgetBytes is what Read may read in pages (DESIGN section 8: 1 MiB).
	budgetBytes = 1 << 20
)

// source reads pages of a file, each once, within a budget.
type source struct {
	r          io.ReaderAt
	size       int64
	pages      map[int64][]byte
	left       int64
	unreadable bool // r failed
	exhausted  bool // the budget did not last
}

func newSource(r io.ReaderAt, size int64) *source {
	return &source{r: r, size: size, pages: map[int64][]byte{}, left: budgetBytes}
}

// at gives up to n bytes from offset: fewer where the file or the budget ends.
// The bytes are shared and must not be written.
func (s *source) at(offset int64, n int) []byte {
	if offset < 0 || offset >= s.size || n <= 0 {
		return nil
	}
	n = int(min(int64(n), s.size-offset))
	if n > pageBytes {
		return s.span(offset, n)
	}
	first, within := offset/pageBytes, int(offset%pageBytes)
	page := s.page(first)
	if within >= len(page) {
		return nil
	}
	if within+n <= len(page) {
		return page[within : within+n]
	}
	next := s.page(first + 1)
	rest := min(within+n-len(page), len(next))
	return append(append(make([]byte, 0, n), page[within:]...), next[:rest]...)
}

// span is a read of its own, longer than a page.
func (s *source) span(offset int64, n int) []byte {
	if int64(n) > s.left {
		s.exhausted = true
		n = int(s.left)
	}
	if n == 0 || s.unreadable {
		return nil
	}
	s.left -= int64(n)
	return s.fill(make([]byte, n), offset)
}

func (s *source) page(number int64) []byte {
	if page, ok := s.pages[number]; ok {
		return page
	}
	offset := number * pageBytes
	n := min(pageBytes, s.size-offset)
	if n <= 0 || s.unreadable {
		return nil
	}
	if n > s.left {
		s.exhausted = true
		return nil
	}
	s.left -= n
	page := s.fill(make([]byte, n), offset)
	s.pages[number] = page
	return page
}

func (s *source) fill(p []byte, offset int64) []byte {
	n, err := s.r.ReadAt(p, offset)
	if n < len(p) && err != nil {
		s.unreadable = true
	}
	return p[:max(0, min(n, len(p)))]
}

// endsEarly: bytes were expected that did not come. Where the bounds are the
// cause, nothing is known.
func (s *source) endsEarly(f *Facts) {
	if !s.exhausted {
		f.flaw(Truncated)
	}
}

// tail gives up to the last n bytes and the offset where they begin.
func (s *source) tail(n int) (b []byte, offset int64) {
	offset = max(0, s.size-int64(n))
	return s.at(offset, n), offset
}
