package probe

// maxWebPChunks bounds the walk; a sticker of 10 s at 8 ms a frame has 1250.
const maxWebPChunks = 10_000

type webpReader struct {
	s        *source
	f        *Facts
	image    *Image
	extended bool
	shortest int
	pictures int // VP8 or VP8L chunks at the top
}

func readWebP(s *source, head []byte, f *Facts) {
	f.Type = "image/webp"
	f.Image = &Image{Depth: 8, Color: ColorRGB}
	w := &webpReader{s: s, f: f, image: f.Image}
	end := 8 + le32(head[4:]) + le32(head[4:])&1
	if end > s.size {
		f.flaw(Truncated)
	}
	if end+1 < s.size {
		f.flaw(Trailing)
	}
	w.walk(min(end, s.size))
	w.finish()
}

func (w *webpReader) walk(end int64) {
	offset := int64(12)
	for range maxWebPChunks {
		if offset+8 > end {
			return
		}
		b := w.s.at(offset, 8)
		if len(b) < 8 {
			return
		}
		size := le32(b[4:])
		if offset+8+size > end {
			w.f.flaw(Truncated)
		}
		w.chunk(string(b[:4]), offset+8, size)
		offset += 8 + size + size&1
	}
	w.f.flaw(Undetermined)
}

func (w *webpReader) chunk(name string, body, size int64) {
	switch name {
	case "VP8X":
		w.canvas(w.s.at(body, 10))
	case "VP8 ", "VP8L":
		w.pictures++
		w.picture(name, body)
	case "ANMF":
		w.frame(body, size)
	case "ALPH":
		w.image.Alpha = true
	case "EXIF":
		w.exif(w.s.at(body, int(min(size, 64<<10))))
	}
}

func (w *webpReader) canvas(b []byte) {
	if len(b) < 10 {
		w.broken()
		return
	}
	const alphaFlag = 0x10
	w.extended = true
	w.image.Alpha = b[0]&alphaFlag != 0
	w.image.Width, w.image.Height = le24(b[4:])+1, le24(b[7:])+1
}

// picture reads a picture at the top. A decoder refuses one that does not fill
// its canvas.
func (w *webpReader) picture(name string, body int64) {
	width, height, ok := w.coded(name, body)
	switch {
	case !ok:
		w.broken()
	case !w.extended:
		w.image.Width, w.image.Height = width, height
	case width != w.image.Width || height != w.image.Height:
		w.f.flaw(Corrupt)
	}
}

// coded gives the size that coded data state.
func (w *webpReader) coded(name string, body int64) (width, height int, ok bool) {
	if name == "VP8 " {
		return lossy(w.s.at(body, 10))
	}
	width, height, alpha, ok := lossless(w.s.at(body, 5))
	w.image.Alpha = w.image.Alpha || alpha
	return width, height, ok
}

// broken: a chunk that is not what its name says. Where bytes are missing, that
// has been said.
func (w *webpReader) broken() {
	if !w.f.Has(Truncated) && !w.s.exhausted {
		w.f.flaw(Corrupt)
	}
}

// lossy reads a VP8 key frame's header (RFC 6386, section 9.1).
func lossy(b []byte) (width, height int, ok bool) {
	if len(b) < 10 || b[0]&1 != 0 || string(b[3:6]) != "\x9d\x01\x2a" {
		return 0, 0, false
	}
	return le16(b[6:]) & 0x3FFF, le16(b[8:]) & 0x3FFF, true
}

// lossless reads a VP8L header: two sizes of 14 bits and an alpha flag.
func lossless(b []byte) (width, height int, alpha, ok bool) {
	if len(b) < 5 || b[0] != 0x2F {
		return 0, 0, false, false
	}
	bits := le32(b[1:])
	return int(bits&0x3FFF) + 1, int(bits>>14&0x3FFF) + 1, bits>>28&1 != 0, true
}

// frame reads ANMF: place, size and duration, then the frame's own chunks.
func (w *webpReader) frame(body, size int64) {
	const fixed = 16
	b := w.s.at(body, fixed)
	if len(b) < fixed {
		w.broken()
		return
	}
	x, y, width, height := 2*le24(b), 2*le24(b[3:]), le24(b[6:])+1, le24(b[9:])+1
	if x+width > w.image.Width || y+height > w.image.Height || !w.fills(body+fixed, body+size, width, height) {
		w.broken()
	}
	w.time(le24(b[12:]))
}

// fills says whether a frame's coded data, which may stand behind its
// transparency, have the frame's size.
func (w *webpReader) fills(offset, end int64, width, height int) bool {
	b := w.s.at(offset, 8)
	if hasAt(b, 0, "ALPH") && len(b) == 8 {
		offset += 8 + le32(b[4:]) + le32(b[4:])&1
		b = w.s.at(offset, 8)
	}
	if offset+8 > end || !hasAt(b, 0, "VP8 ") && !hasAt(b, 0, "VP8L") {
		return false
	}
	codedWidth, codedHeight, ok := w.coded(string(b[:4]), offset+8)
	return ok && codedWidth == width && codedHeight == height
}

func (w *webpReader) time(duration int) {
	if w.image.Frames == 0 || duration < w.shortest {
		w.shortest = duration
	}
	w.image.Frames++
	w.image.DurationMilliseconds += duration
}

func (w *webpReader) exif(b []byte) {
	if hasAt(b, 0, string(exifHeader)) {
		b = b[len(exifHeader):]
	}
	readEXIF(b, w.image)
}

// finish settles what is animated: the flag alone does not make it so.
func (w *webpReader) finish() {
	if w.image.Frames > 1 {
		w.image.Animated = true
		w.image.ShortestMilliseconds = w.shortest
	} else {
		w.image.DurationMilliseconds = 0
	}
	if w.image.Frames == 0 && w.pictures == 0 {
		w.broken()
	}
	w.image.Frames = max(w.image.Frames, 1)
	if w.image.Alpha {
		w.image.Color = ColorRGBA
	}
}
