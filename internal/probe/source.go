package probe

import "io"

const (
	// pageBytes is one read. A read costs a worker about half a millisecond
	// whatever its length, so pages are larger than most headers.
	pageBytes = 16 << 10
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
	first, within := offset/pageBytes, int(offset%pageBytes)
	page := s.page(first)
	if within >= len(page) {
		return nil
	}
	if within+n <= len(page) {
		return page[within : within+n]
	}
	return s.join(page[within:], first+1, n)
}

func (s *source) join(head []byte, next int64, n int) []byte {
	joined := append(make([]byte, 0, min(n, budgetBytes)), head...)
	for len(joined) < n {
		page := s.page(next)
		if len(page) == 0 {
			break
		}
		joined = append(joined, page[:min(len(page), n-len(joined))]...)
		next++
	}
	return joined
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

// tail gives up to the last n bytes and the offset where they begin.
func (s *source) tail(n int) (b []byte, offset int64) {
	offset = max(0, s.size-int64(n))
	return s.at(offset, n), offset
}
