package probe

const (
	maxBoxes = 10_000
	maxDepth = 16
	// maxTopBoxes bounds the walk over the file's outermost boxes.
	maxTopBoxes = 1000
)

// box is one box of the ISO base media format (ISO/IEC 14496-12, section 4.2).
type box struct {
	name      string
	body, end int64
	cut       bool // it promises more bytes than its parent has
}

type isoReader struct {
	s      *source
	f      *Facts
	movie  *Movie
	brand  string
	brands []string
	boxes  int

	// last is the outermost box that was read last; partial says that the bounds
	// ended the walk; rest is how many bytes behind the last box are none.
	last    string
	partial bool
	rest    int64

	// What stood at the top, by offset; -1 where absent.
	moov, mdat int64
	mdatBytes  int64
	fragments  int
	timescale  int64
	tracks     []isoTrack
	chapters   map[int64]bool // ids of tracks that hold another's chapter pictures
}

// isISO: a first box that only this family begins with. Old QuickTime files
// have no ftyp.
func isISO(head []byte) bool {
	// Four printable characters read as a size make more than 512 MB, which no
	// file here has: "Get free coffee" is a text.
	const leastText = 0x20202020
	if len(head) < 8 || be32(head) >= leastText {
		return false
	}
	switch string(head[4:8]) {
	case "ftyp", "styp", "moov", "moof":
		return true
	case "mdat", "wide", "free", "skip", "pnot", "sidx", "emsg":
		size := be32(head)
		return size <= 1 || size >= 8
	}
	return false
}

func readISO(s *source, _ []byte, f *Facts) {
	r := &isoReader{s: s, f: f, movie: &Movie{}, moov: -1, mdat: -1, chapters: map[int64]bool{}}
	r.top()
	if t := isoImage(r.brand, r.brands); t != "" {
		f.Type = t
		return
	}
	f.Movie = r.movie
	r.finish()
	f.Type = r.mediaType()
}

// maxFragments: the first few tell what the rest repeats. Of the rest the
// headers are read, as the last of them tells whether the file is whole.
const maxFragments = 4

// top walks the outermost boxes.
func (r *isoReader) top() {
	offset := int64(0)
	for range maxTopBoxes {
		b, ok := r.box(offset, r.s.size)
		if !ok || b.cut && !isTopName(b.name) && r.moov >= 0 {
			r.rest = r.s.size - offset
			return
		}
		r.topBox(b, offset)
		offset = b.end
	}
	r.partial = true
	r.f.flaw(Undetermined)
}

// isTopName lists what stands outermost (the register at mp4ra.org, and what
// QuickTime writes). Other names that claim more than there is are no boxes: a
// text or a tag follows the film.
func isTopName(name string) bool {
	switch name {
	case "ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "pnot", "PICT", "udta", "pdin",
		"sidx", "ssix", "emsg", "prft", "mfra", "meta", "meco", "uuid", "imda":
		return true
	}
	return false
}

func (r *isoReader) topBox(b box, offset int64) {
	if b.cut {
		r.f.flaw(Truncated)
	}
	r.last = b.name
	switch b.name {
	case "ftyp", "styp":
		r.brandsOf(b)
	case "moov":
		r.moov = offset
		r.children(b, 1, r.inMovie)
	case "mdat":
		if r.mdat < 0 && b.end > b.body {
			r.mdat = offset
		}
		r.mdatBytes += b.end - b.body
	case "moof":
		r.movie.Fragmented = true
		if r.fragments++; r.fragments <= maxFragments {
			r.children(b, 1, r.inFragment)
		}
	}
}

func (r *isoReader) brandsOf(b box) {
	if r.brand != "" || b.end-b.body < 4 {
		return
	}
	const maxBrands = 64
	list := r.s.at(b.body, int(min(b.end-b.body, 8+4*maxBrands)))
	if len(list) < 4 {
		return
	}
	r.brand = string(list[:4])
	for i := 8; i+4 <= len(list); i += 4 {
		r.brands = append(r.brands, string(list[i:i+4]))
	}
}

// box reads the header at offset. ok is false where none fits.
func (r *isoReader) box(offset, limit int64) (b box, ok bool) {
	if r.boxes++; r.boxes > maxBoxes {
		r.partial = true
		r.f.flaw(Undetermined)
		return b, false
	}
	head := r.s.at(offset, 16)
	if len(head) < 8 || offset+8 > limit || !isBoxName(head[4:8]) {
		return b, false
	}
	h := fields{b: head}
	size := h.u32()
	b = box{name: string(h.take(4)), body: offset + 8}
	switch size {
	case 0:
		size = limit - offset
	case 1:
		size, b.body = h.u64(), offset+16
	}
	return fit(b, offset, size, limit)
}

// fit sets a box's end. A size that does not even hold the header, or that
// overflows, is no box.
func fit(b box, offset, size, limit int64) (box, bool) {
	if size < b.body-offset || b.body > limit {
		return b, false
	}
	b.cut = size > limit-offset
	b.end = offset + min(size, limit-offset)
	return b, true
}

func isBoxName(name []byte) bool {
	for _, c := range name {
		if c < ' ' && c != 0 || c == 0x7F {
			return false
		}
	}
	return name[0] != 0 || name[3] != 0
}

// children shows each box inside b to visit, with its depth.
func (r *isoReader) children(b box, depth int, visit func(child box, depth int)) {
	if depth > maxDepth {
		r.f.flaw(Undetermined)
		return
	}
	for offset := b.body; offset+8 <= b.end; {
		child, ok := r.box(offset, b.end)
		if !ok {
			return
		}
		if child.cut && !b.cut {
			r.f.flaw(Corrupt)
		}
		visit(child, depth+1)
		offset = child.end
	}
}

// bytes gives up to n bytes of a box's body.
func (r *isoReader) bytes(b box, n int64) []byte {
	return r.s.at(b.body, int(min(n, b.end-b.body)))
}

func (r *isoReader) inMovie(b box, depth int) {
	switch b.name {
	case "mvhd":
		r.movieHeader(fields{b: r.bytes(b, 32)})
	case "mvex":
		r.movie.Fragmented = true
	case "trak":
		r.track(b, depth)
	}
}

func (r *isoReader) movieHeader(h fields) {
	long := h.u8() == 1
	h.skip(3)
	if long {
		h.skip(16)
		r.timescale = h.u32()
		r.movie.DurationMilliseconds = milliseconds(h.u64(), r.timescale)
		return
	}
	h.skip(8)
	r.timescale = h.u32()
	r.movie.DurationMilliseconds = milliseconds(h.u32(), r.timescale)
}

func milliseconds(duration, timescale int64) int64 {
	const unknown = 1<<32 - 1
	const most = 1 << 53
	if timescale <= 0 || duration <= 0 || duration == unknown || duration > most/1000 {
		return 0
	}
	return duration * 1000 / timescale
}
