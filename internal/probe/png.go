package probe

import "hash/crc32"

// maxPNGChunks bounds the walk; a 5 MiB PNG of 8 KiB chunks has 640.
const maxPNGChunks = 20_000

type pngReader struct {
	s       *source
	w       *window
	f       *Facts
	image   *Image
	palette bool
	hasData bool
}

func readPNG(s *source, _ []byte, f *Facts) {
	f.Type = "image/png"
	f.Image = &Image{Frames: 1}
	p := &pngReader{s: s, w: newWindow(s), f: f, image: f.Image}
	offset := int64(8)
	for n := range maxPNGChunks {
		c, ok := p.chunk(offset)
		if !ok || !p.visit(c, n == 0) {
			return
		}
		offset = c.end
	}
	f.flaw(Undetermined)
}

type pngChunk struct {
	name      string
	body, end int64 // end is behind the checksum
}

// chunk reads a chunk's header. ok is false where there is none, or where the
// file is so large that the window ends: no purpose takes such a picture.
func (p *pngReader) chunk(offset int64) (c pngChunk, ok bool) {
	b := p.w.at(offset, 8)
	if len(b) < 8 {
		if offset+8 > p.s.size {
			p.f.flaw(Truncated)
		}
		return c, false
	}
	c = pngChunk{name: string(b[4:8]), body: offset + 8, end: offset + 12 + be32(b)}
	if !isChunkName(c.name) {
		p.f.flaw(Corrupt)
		return c, false
	}
	if c.end > p.s.size {
		p.f.flaw(Truncated)
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

func (p *pngReader) visit(c pngChunk, first bool) (goOn bool) {
	if first != (c.name == "IHDR") {
		p.f.flaw(Corrupt)
		return false
	}
	if isCritical(c.name) && !p.intact(c) {
		p.f.flaw(Corrupt)
		return false
	}
	switch c.name {
	case "IHDR":
		return p.header(p.w.at(c.body, 13))
	case "PLTE":
		p.palette = true
	case "IDAT":
		return p.data(c)
	case "acTL":
		p.animation(p.w.at(c.body, 4))
	case "tRNS":
		p.image.Alpha = true
	case "eXIf":
		readEXIF(p.w.at(c.body, int(min(c.end-4-c.body, windowBytes))), p.image)
	case "IEND":
		p.end(c)
		return false
	}
	return true
}

// isCritical: the first letter of a chunk that a decoder must know is upper case.
func isCritical(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// intact compares a chunk with its checksum.
func (p *pngReader) intact(c pngChunk) bool {
	if p.s.size > streamBytes {
		return true
	}
	sum := uint32(0)
	p.w.each(c.body-4, c.end-4, func(piece []byte) bool {
		sum = crc32.Update(sum, crc32.IEEETable, piece)
		return true
	})
	last := p.w.at(c.end-4, 4)
	return len(last) == 4 && be32(last) == int64(sum)
}

func (p *pngReader) header(b []byte) bool {
	if len(b) < 13 {
		p.f.flaw(Corrupt)
		return false
	}
	width, height := be32(b), be32(b[4:])
	p.image.Width, p.image.Height = int(width), int(height)
	p.image.Depth = int(b[8])
	p.image.Color = pngColor(b[9])
	p.image.Alpha = p.image.Color == ColorRGBA || p.image.Color == ColorGrayAlpha
	const most = 1<<31 - 1 // PNG specification, section 11.2.2
	if width == 0 || height == 0 || width > most || height > most || !validDepth(b[9], b[8]) {
		p.f.flaw(Corrupt)
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

// validDepth holds the pairs of PNG specification, table 11.1.
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

// data looks at the first piece of the picture: decoders need the palette before
// it, and it begins with the header of a zlib stream (RFC 1950, section 2.2).
func (p *pngReader) data(c pngChunk) bool {
	const zlibDeflate, zlibCheck = 8, 31
	b := p.w.at(c.body, 2)
	stranger := len(b) == 2 && c.end-4-c.body >= 2 && (b[0]&0x0F != zlibDeflate || be16(b)%zlibCheck != 0)
	if !p.hasData && (stranger || p.image.Color == ColorPalette && !p.palette) {
		p.f.flaw(Corrupt)
		return false
	}
	p.hasData = true
	return true
}

func (p *pngReader) animation(b []byte) {
	if len(b) < 4 {
		return
	}
	p.image.Frames = int(be32(b))
	p.image.Animated = p.image.Frames > 1
}

func (p *pngReader) end(c pngChunk) {
	if !p.hasData {
		p.f.flaw(Corrupt)
	}
	if p.s.size-c.end > maxPadding || !isPadding(p.w.at(c.end, windowBytes)) {
		p.f.flaw(Trailing)
	}
}
