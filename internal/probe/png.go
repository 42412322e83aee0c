package probe

import (
	"hash/crc32"

	"mediarelay/internal/probe/input"
)

// maxPNGChunks bounds the walk; a PNG of 5 MiB in chunks of 8 KiB has 640.
const maxPNGChunks = 20_000

type pngReader struct {
	file    *input.File
	w       *input.Window
	f       *Facts
	image   *Image
	palette bool
	hasData bool
}

func readPNG(file *input.File, _ []byte, f *Facts) {
	f.Type = "image/png"
	f.Image = &Image{Frames: 1}
	p := &pngReader{file: file, w: input.NewWindow(file), f: f, image: f.Image}
	offset := int64(8)
	for n := range maxPNGChunks {
		c, ok := p.chunk(offset)
		if !ok || !p.visit(c, n == 0) {
			return
		}
		offset = c.end
	}
	f.addFlaw(Undetermined)
}

type pngChunk struct {
	name      string
	body, end int64 // end follows the checksum
}

// chunk reads a chunk header. ok is false if there is none or if the window's budget
// has ended: no purpose accepts an image that large.
func (p *pngReader) chunk(offset int64) (c pngChunk, ok bool) {
	b := p.w.At(offset, 8)
	if len(b) < 8 {
		if offset+8 > p.file.Size() {
			p.f.addFlaw(Truncated)
		}
		return c, false
	}
	c = pngChunk{name: string(b[4:8]), body: offset + 8, end: offset + 12 + input.BE32(b)}
	if !isChunkName(c.name) {
		p.f.addFlaw(Corrupt)
		return c, false
	}
	if c.end > p.file.Size() {
		p.f.addFlaw(Truncated)
		return c, false
	}
	return c, true
}

func isChunkName(name string) bool {
	for _, c := range []byte(name) {
		if (c|0x20) < 'a' || (c|0x20) > 'z' {
			return false
		}
	}
	return true
}

// visit reads one chunk; more is false after the last.
func (p *pngReader) visit(c pngChunk, first bool) (more bool) {
	if first != (c.name == "IHDR") {
		p.f.addFlaw(Corrupt)
		return false
	}
	if isCritical(c.name) && !p.checksumMatches(c) {
		p.f.addFlaw(Corrupt)
		return false
	}
	switch c.name {
	case "IHDR":
		return p.header(p.w.At(c.body, 13))
	case "PLTE":
		p.palette = true
	case "IDAT":
		return p.imageData(c)
	case "acTL":
		p.animation(p.w.At(c.body, 4))
	case "tRNS":
		p.image.Alpha = true
	case "eXIf":
		readEXIF(p.w.At(c.body, int(min(c.end-4-c.body, input.WindowBytes))), p.image)
	case "IEND":
		p.checkEnd(c)
		return false
	}
	return true
}

// isCritical reports whether a decoder must know the chunk: its name begins with an
// upper case letter (PNG specification, section 5.4).
func isCritical(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// checksumMatches verifies a chunk's CRC, unless the image is too large for every
// purpose.
func (p *pngReader) checksumMatches(c pngChunk) bool {
	if p.file.Size() > input.StreamBytes {
		return true
	}
	sum := uint32(0)
	p.w.Each(c.body-4, c.end-4, func(piece []byte) bool {
		sum = crc32.Update(sum, crc32.IEEETable, piece)
		return true
	})
	last := p.w.At(c.end-4, 4)
	return len(last) == 4 && input.BE32(last) == int64(sum)
}

func (p *pngReader) header(b []byte) bool {
	if len(b) < 13 {
		p.f.addFlaw(Corrupt)
		return false
	}
	width, height := input.BE32(b), input.BE32(b[4:])
	p.image.Width, p.image.Height = int(width), int(height)
	p.image.Depth = int(b[8])
	p.image.Color = pngColor(b[9])
	p.image.Alpha = p.image.Color == ColorRGBA || p.image.Color == ColorGrayAlpha
	const most = 1<<31 - 1 // PNG specification, section 11.2.2
	if width == 0 || height == 0 || width > most || height > most || !validDepth(b[9], b[8]) {
		p.f.addFlaw(Corrupt)
		return false
	}
	return true
}

func pngColor(code byte) Color {
	switch code {
	case 0:
		return ColorGray
	case 2:
		return ColorRGB
	case 3:
		return ColorPalette
	case 4:
		return ColorGrayAlpha
	case 6:
		return ColorRGBA
	}
	return ""
}

// validDepth lists the allowed pairs (PNG specification, table 11.1).
func validDepth(color, depth byte) bool {
	switch color {
	case 0:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
	case 3:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8
	case 2, 4, 6:
		return depth == 8 || depth == 16
	}
	return false
}

// imageData checks the first IDAT chunk: the palette must precede it, and it begins
// with a zlib header (RFC 1950, section 2.2).
func (p *pngReader) imageData(c pngChunk) bool {
	const zlibDeflate, zlibCheck = 8, 31
	b := p.w.At(c.body, 2)
	notZlib := len(b) == 2 && c.end-4-c.body >= 2 && (b[0]&0x0F != zlibDeflate || input.BE16(b)%zlibCheck != 0)
	if !p.hasData && (notZlib || p.image.Color == ColorPalette && !p.palette) {
		p.f.addFlaw(Corrupt)
		return false
	}
	p.hasData = true
	return true
}

// animation reads acTL, the frame count of an animated PNG.
func (p *pngReader) animation(b []byte) {
	if len(b) < 4 {
		return
	}
	p.image.Frames = int(input.BE32(b))
	p.image.Animated = p.image.Frames > 1
}

func (p *pngReader) checkEnd(c pngChunk) {
	if !p.hasData {
		p.f.addFlaw(Corrupt)
	}
	if p.file.Size()-c.end > maxPadding || !isPadding(p.w.At(c.end, input.WindowBytes)) {
		p.f.addFlaw(Trailing)
	}
}
