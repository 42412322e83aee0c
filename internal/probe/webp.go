package probe

import "mediarelay/internal/probe/input"

// maxWebPChunks bounds the walk; a sticker of 10 s with 8 ms per frame has 1250.
const maxWebPChunks = 10_000

type webpReader struct {
	file     *input.File
	f        *Facts
	image    *Image
	extended bool // has a VP8X chunk
	shortest int  // milliseconds
	pictures int  // VP8 or VP8L chunks outside frames
}

func readWebP(file *input.File, head []byte, f *Facts) {
	f.Type = "image/webp"
	f.Image = &Image{Depth: 8, Color: ColorRGB}
	w := &webpReader{file: file, f: f, image: f.Image}
	end := 8 + input.LE32(head[4:]) + input.LE32(head[4:])&1
	if end > file.Size() {
		f.addFlaw(Truncated)
	}
	if end+1 < file.Size() {
		f.addFlaw(Trailing)
	}
	w.walk(min(end, file.Size()))
	w.finish()
}

func (w *webpReader) walk(end int64) {
	offset := int64(12)
	for range maxWebPChunks {
		if offset+8 > end {
			return
		}
		b := w.file.At(offset, 8)
		if len(b) < 8 {
			return
		}
		size := input.LE32(b[4:])
		if offset+8+size > end {
			w.f.addFlaw(Truncated)
		}
		w.chunk(string(b[:4]), offset+8, size)
		offset += 8 + size + size&1
	}
	w.f.addFlaw(Undetermined)
}

func (w *webpReader) chunk(name string, body, size int64) {
	switch name {
	case "VP8X":
		w.canvas(w.file.At(body, 10))
	case "VP8 ", "VP8L":
		w.pictures++
		w.picture(name, body)
	case "ANMF":
		w.frame(body, size)
	case "ALPH":
		w.image.Alpha = true
	case "EXIF":
		w.exif(w.file.At(body, int(min(size, 64<<10))))
	}
}

// canvas reads VP8X: flags and the size of the canvas.
func (w *webpReader) canvas(b []byte) {
	if len(b) < 10 {
		w.corrupt()
		return
	}
	const alphaFlag = 0x10
	w.extended = true
	w.image.Alpha = b[0]&alphaFlag != 0
	w.image.Width, w.image.Height = input.LE24(b[4:])+1, input.LE24(b[7:])+1
}

// picture reads an image outside a frame. Decoders refuse one that does not fill the
// canvas.
func (w *webpReader) picture(name string, body int64) {
	width, height, ok := w.bitstreamSize(name, body)
	switch {
	case !ok:
		w.corrupt()
	case !w.extended:
		w.image.Width, w.image.Height = width, height
	case width != w.image.Width || height != w.image.Height:
		w.f.addFlaw(Corrupt)
	}
}

// bitstreamSize reads the dimensions in a VP8 or VP8L bitstream.
func (w *webpReader) bitstreamSize(name string, body int64) (width, height int, ok bool) {
	if name == "VP8 " {
		return vp8Size(w.file.At(body, 10))
	}
	width, height, alpha, ok := vp8lHeader(w.file.At(body, 5))
	w.image.Alpha = w.image.Alpha || alpha
	return width, height, ok
}

// corrupt adds Corrupt for an invalid chunk, unless missing bytes explain it.
func (w *webpReader) corrupt() {
	if !w.f.Has(Truncated) && !w.file.Exhausted() {
		w.f.addFlaw(Corrupt)
	}
}

// vp8Size reads a VP8 key frame header (RFC 6386, section 9.1).
func vp8Size(b []byte) (width, height int, ok bool) {
	if len(b) < 10 || b[0]&1 != 0 || string(b[3:6]) != "\x9d\x01\x2a" {
		return 0, 0, false
	}
	return input.LE16(b[6:]) & 0x3FFF, input.LE16(b[8:]) & 0x3FFF, true
}

// vp8lHeader reads a VP8L header (RFC 9649, section 3.4): two 14-bit dimensions and
// an alpha flag.
func vp8lHeader(b []byte) (width, height int, alpha, ok bool) {
	if len(b) < 5 || b[0] != 0x2F {
		return 0, 0, false, false
	}
	bits := input.LE32(b[1:])
	return int(bits&0x3FFF) + 1, int(bits>>14&0x3FFF) + 1, bits>>28&1 != 0, true
}

// frame reads ANMF: position, size and duration, then the chunks of the frame.
func (w *webpReader) frame(body, size int64) {
	const fixed = 16
	b := w.file.At(body, fixed)
	if len(b) < fixed {
		w.corrupt()
		return
	}
	x, y, width, height := 2*input.LE24(b), 2*input.LE24(b[3:]), input.LE24(b[6:])+1, input.LE24(b[9:])+1
	if x+width > w.image.Width || y+height > w.image.Height || !w.frameMatches(body+fixed, body+size, width, height) {
		w.corrupt()
	}
	w.addDuration(input.LE24(b[12:]))
}

// frameMatches reports whether a frame's bitstream, which may follow an alpha chunk,
// has the frame's size.
func (w *webpReader) frameMatches(offset, end int64, width, height int) bool {
	b := w.file.At(offset, 8)
	if hasAt(b, 0, "ALPH") && len(b) == 8 {
		offset += 8 + input.LE32(b[4:]) + input.LE32(b[4:])&1
		b = w.file.At(offset, 8)
	}
	if offset+8 > end || !hasAt(b, 0, "VP8 ") && !hasAt(b, 0, "VP8L") {
		return false
	}
	codedWidth, codedHeight, ok := w.bitstreamSize(string(b[:4]), offset+8)
	return ok && codedWidth == width && codedHeight == height
}

// addDuration counts a frame of so many milliseconds.
func (w *webpReader) addDuration(duration int) {
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

// finish decides whether the file is animated: it needs two frames, the flag alone is
// not enough.
func (w *webpReader) finish() {
	if w.image.Frames > 1 {
		w.image.Animated = true
		w.image.ShortestMilliseconds = w.shortest
	} else {
		w.image.DurationMilliseconds = 0
	}
	if w.image.Frames == 0 && w.pictures == 0 {
		w.corrupt()
	}
	w.image.Frames = max(w.image.Frames, 1)
	if w.image.Alpha {
		w.image.Color = ColorRGBA
	}
}
