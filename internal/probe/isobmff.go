package probe

import "mediarelay/internal/probe/input"

const (
	maxBoxes = 10_000
	maxDepth = 16
	// maxTopLevelBoxes bounds the walk over the file's top-level boxes.
	maxTopLevelBoxes = 1000
)

// box is a box of the ISO base media file format (ISO/IEC 14496-12, section 4.2).
// body and end are offsets in the file.
type box struct {
	name      string
	body, end int64
	cut       bool // it declares more bytes than its parent has
}

// isoReader reads the ISO base media family: MP4, 3GP, QuickTime, HEIF.
type isoReader struct {
	file   *input.File
	f      *Facts
	movie  *Movie
	brand  string   // the major brand
	brands []string // the compatible brands
	boxes  int      // read so far

	// last is the name of the last top-level box. partial is set if a bound ended
	// the walk. trailing counts the bytes after the last box that form no box.
	last     string
	partial  bool
	trailing int64

	// Offsets of the first top-level boxes of these names; -1 if absent.
	moov, mdat int64
	mdatBytes  int64
	fragments  int
	tracks     []isoTrack
	chapters   map[int64]bool // IDs of tracks with the chapter images of another
}

// isISO reports whether the head is a box with which only this family begins. Old
// QuickTime files have no ftyp.
func isISO(head []byte) bool {
	// Four printable characters read as a size exceed 512 MB, more than any file
	// here: "Get free coffee" is text, not a free box.
	const leastText = 0x20202020
	if len(head) < 8 || input.BE32(head) >= leastText {
		return false
	}
	switch string(head[4:8]) {
	case "ftyp", "styp", "moov", "moof":
		return true
	case "mdat", "wide", "free", "skip", "pnot", "sidx", "emsg":
		size := input.BE32(head)
		return size <= 1 || size >= 8
	}
	return false
}

func readISO(file *input.File, _ []byte, f *Facts) {
	r := &isoReader{file: file, f: f, movie: &Movie{}, moov: -1, mdat: -1, chapters: map[int64]bool{}}
	r.topLevel()
	if t := isobmffImageType(r.brand, r.brands); t != "" {
		f.Type = t
		return
	}
	f.Movie = r.movie
	r.finish()
	f.Type = r.mediaType()
}

// maxFragments is how many movie fragments are read. The others repeat the first
// few. Their headers are still walked, as the last one shows whether the file is
// complete.
const maxFragments = 4

// topLevel walks the top-level boxes.
func (r *isoReader) topLevel() {
	offset := int64(0)
	for range maxTopLevelBoxes {
		b, ok := r.box(offset, r.file.Size())
		if !ok || b.cut && !isTopLevelName(b.name) && r.moov >= 0 {
			r.trailing = r.file.Size() - offset
			return
		}
		r.topLevelBox(b, offset)
		offset = b.end
	}
	r.partial = true
	r.f.addFlaw(Undetermined)
}

// isTopLevelName lists the top-level boxes (registry at mp4ra.org, and those that
// QuickTime writes). Any other name with a size beyond the end of the file is not a
// box: text or a tag follows the movie.
func isTopLevelName(name string) bool {
	switch name {
	case "ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "pnot", "PICT", "udta", "pdin",
		"sidx", "ssix", "emsg", "prft", "mfra", "meta", "meco", "uuid", "imda":
		return true
	}
	return false
}

func (r *isoReader) topLevelBox(b box, offset int64) {
	if b.cut {
		r.f.addFlaw(Truncated)
	}
	r.last = b.name
	switch b.name {
	case "ftyp", "styp":
		r.readBrands(b)
	case "moov":
		r.moov = offset
		r.children(b, 1, r.visitMoov)
	case "mdat":
		if r.mdat < 0 && b.end > b.body {
			r.mdat = offset
		}
		r.mdatBytes += b.end - b.body
	case "moof":
		r.movie.Fragmented = true
		if r.fragments++; r.fragments <= maxFragments {
			r.children(b, 1, r.visitMoof)
		}
	}
}

func (r *isoReader) readBrands(b box) {
	if r.brand != "" || b.end-b.body < 4 {
		return
	}
	const maxBrands = 64
	list := r.file.At(b.body, int(min(b.end-b.body, 8+4*maxBrands)))
	if len(list) < 4 {
		return
	}
	r.brand = string(list[:4])
	for i := 8; i+4 <= len(list); i += 4 {
		r.brands = append(r.brands, string(list[i:i+4]))
	}
}

// box reads the box header at offset; ok is false if there is no valid one.
func (r *isoReader) box(offset, limit int64) (b box, ok bool) {
	if r.boxes++; r.boxes > maxBoxes {
		r.partial = true
		r.f.addFlaw(Undetermined)
		return b, false
	}
	head := r.file.At(offset, 16)
	if len(head) < 8 || offset+8 > limit || !isBoxName(head[4:8]) {
		return b, false
	}
	h := input.Fields{B: head}
	size := h.U32()
	b = box{name: string(h.Take(4)), body: offset + 8}
	switch size {
	case 0:
		size = limit - offset
	case 1:
		size, b.body = h.U64(), offset+16
	}
	return withSize(b, offset, size, limit)
}

// withSize sets a box's end; ok is false if the size is smaller than the header or
// the header itself is cut.
func withSize(b box, offset, size, limit int64) (box, bool) {
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

// children calls visit with each box inside b and its depth.
func (r *isoReader) children(b box, depth int, visit func(child box, depth int)) {
	if depth > maxDepth {
		r.f.addFlaw(Undetermined)
		return
	}
	for offset := b.body; offset+8 <= b.end; {
		child, ok := r.box(offset, b.end)
		if !ok {
			return
		}
		if child.cut && !b.cut {
			r.f.addFlaw(Corrupt)
		}
		visit(child, depth+1)
		offset = child.end
	}
}

// body returns up to n bytes of a box's body.
func (r *isoReader) body(b box, n int64) []byte {
	return r.file.At(b.body, int(min(n, b.end-b.body)))
}

// visitMoov visits a child of moov.
func (r *isoReader) visitMoov(b box, depth int) {
	switch b.name {
	case "mvex":
		r.movie.Fragmented = true
	case "trak":
		r.track(b, depth)
	}
}
