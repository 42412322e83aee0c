package preflighttest

import (
	"bytes"
	"hash/crc32"
	"strconv"
	"strings"
)

// makePNG: size=WxH color=rgb|rgba|grey|greyalpha|palette depth=8 frames=N (APNG)
// orientation=N bytes=N (pads the file) data=N (bytes of image data, as a gap). Flags:
// interlaced, gps, badcrc, noplte, nozlib, noend.
func makePNG(r *recipe) File {
	width, height := r.pair("size", "64x64")
	color := map[string]int{"grey": 0, "rgb": 2, "palette": 3, "greyalpha": 4, "rgba": 6}[r.text("color", "rgb")]
	interlaced := 0
	if r.is("interlaced") {
		interlaced = 1
	}
	b := cat([]byte("\x89PNG\r\n\x1a\n"),
		pngChunk("IHDR", cat(u32(width), u32(height), u8(r.number("depth", 8)), u8(color), u8(0), u8(0), u8(interlaced))))
	if color == 3 && !r.is("noplte") {
		b = cat(b, pngChunk("PLTE", zeros(6)))
	}
	if n := r.number("frames", 0); n > 0 {
		b = cat(b, pngChunk("acTL", cat(u32(n), u32(0))))
	}
	if tiff := exifBlock(r); tiff != nil {
		b = cat(b, pngChunk("eXIf", tiff))
	}
	data := pngChunk("IDAT", []byte("\x78\x9c\x63\x00\x01\x00\x00\x05\x00\x01"))
	if r.is("nozlib") {
		data = pngChunk("IDAT", []byte("garbage!"))
	}
	if r.is("badcrc") {
		data[len(data)-1] ^= 1
	}
	end := pngChunk("IEND", nil)
	if r.is("noend") {
		end = nil
	}
	if n := r.number("data", 0); n > 0 {
		head, tail := pngGap(n)
		return File{Head: cat(b, head), Gap: int64(n), Tail: cat(tail, end)}
	}
	if total := r.number("bytes", 0); total > 0 {
		b = cat(b, pngChunk("prIv", zeros(total-len(b)-len(data)-len(end)-12)))
	}
	return File{Head: cat(b, data, end)}
}

func pngChunk(name string, body []byte) []byte {
	named := cat([]byte(name), body)
	return cat(u32(len(body)), named, u32(int(crc32.ChecksumIEEE(named))))
}

// pngGap returns what precedes and follows n zeros of image data.
func pngGap(n int) (head, tail []byte) {
	begin := []byte("IDAT\x78\x01")
	sum := crc32.NewIEEE()
	_, _ = sum.Write(begin)
	_, _ = sum.Write(zeros(n))
	return cat(u32(n+2), begin), u32(int(sum.Sum32()))
}

// exifBlock returns the TIFF block of orientation=N and gps; nil without either.
func exifBlock(r *recipe) []byte {
	orientation, gps := r.number("orientation", 0), r.is("gps")
	if orientation == 0 && !gps {
		return nil
	}
	const directory = 8
	entries := [][]byte{cat(le16(0x0112), le16(3), le32(1), le16(orientation), le16(0))}
	if gps {
		entries = append(entries, cat(le16(0x8825), le16(4), le32(1), le32(directory+2+2*12+4)))
	}
	b := cat([]byte("II*\x00"), le32(directory), le16(len(entries)), cat(entries...), le32(0))
	if gps {
		b = cat(b, le16(1), le16(2), le16(5), le32(3), le32(0), le32(0))
	}
	return b
}

// makeJPEG: size=WxH components=3 precision=8 sof=0xC0 adobe=N (colour transform)
// orientation=N bytes=N (pads by comments) data=N (bytes of image data, as a gap) xmp=N
// (segments of 64 KiB) comments=N (empty ones). Flags: gps, noend, several (a
// multi-picture index).
func makeJPEG(r *recipe) File {
	width, height := r.pair("size", "64x64")
	b := []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	if tiff := exifBlock(r); tiff != nil {
		b = cat(b, jpegSegment(0xE1, cat([]byte("Exif\x00\x00"), tiff)))
	}
	b = cat(b, bytes.Repeat(jpegSegment(0xE1, cat([]byte("http://ns.adobe.com/xmp/extension/\x00"), zeros(65498))), r.number("xmp", 0)))
	b = cat(b, bytes.Repeat(jpegSegment(0xFE, nil), r.number("comments", 0)))
	if r.is("several") {
		b = cat(b, jpegSegment(0xE2, []byte("MPF\x00II*\x00")))
	}
	if transform := r.number("adobe", -1); transform >= 0 {
		b = cat(b, jpegSegment(0xEE, cat([]byte("Adobe"), u16(100), u16(0), u16(0), u8(transform))))
	}
	components := r.number("components", 3)
	frame := cat(u8(r.number("precision", 8)), u16(height), u16(width), u8(components))
	scan := u8(components)
	for i := range components {
		frame = cat(frame, u8(i+1), u8(0x11), u8(0))
		scan = cat(scan, u8(i+1), u8(0))
	}
	b = cat(b, jpegSegment(0xDB, zeros(65)), jpegSegment(r.number("sof", 0xC0), frame))
	begin := jpegSegment(0xDA, cat(scan, []byte{0, 63, 0}))
	if n := r.number("data", 0); n > 0 {
		return File{Head: cat(b, begin), Gap: int64(n), Tail: []byte("\xFF\xD9")}
	}
	end := cat(begin, []byte("\x12\x34\xFF\x00\x56"))
	if !r.is("noend") {
		end = cat(end, []byte("\xFF\xD9"))
	}
	if total := r.number("bytes", 0); total > 0 {
		b = padJPEG(b, total-len(end))
	}
	return File{Head: cat(b, end)}
}

func jpegSegment(marker int, body []byte) []byte {
	return cat(u8(0xFF), u8(marker), u16(len(body)+2), body)
}

// padJPEG appends comments until b has total bytes.
func padJPEG(b []byte, total int) []byte {
	const longest, shortest = 65537, 4
	for len(b) < total {
		n := min(longest, total-len(b))
		if rest := total - len(b) - n; rest > 0 && rest < shortest {
			n -= shortest
		}
		b = cat(b, jpegSegment(0xFE, zeros(n-4)))
	}
	return b
}

// makeWebP: size=WxH canvas=WxH (default: the size) frames=MS,MS,… (durations of an
// animation) bytes=N (pads by a chunk). Flags: lossless, alpha, flag (the animation flag
// without frames).
func makeWebP(r *recipe) File {
	width, height := r.pair("size", "512x512")
	canvas := r.text("canvas", "")
	canvasWidth, canvasHeight := r.pair("canvas", r.text("size", "512x512"))
	flags := 0
	var body []byte
	picture := webpChunk("VP8 ", cat([]byte("\x30\x01\x00\x9d\x01\x2a"), le16(width), le16(height)))
	if r.is("lossless") {
		alpha := 0
		if r.is("alpha") {
			alpha = 1 << 28
		}
		picture = webpChunk("VP8L", cat(u8(0x2F), le32(width-1|(height-1)<<14|alpha)))
	}
	if r.is("flag") {
		flags |= 2
	}
	if frames := r.text("frames", ""); frames != "" {
		flags |= 2
		body = webpChunk("ANIM", zeros(6))
		for _, text := range strings.Split(frames, ",") {
			ms, err := strconv.Atoi(text)
			r.err = firstOf(r.err, err)
			body = cat(body, webpChunk("ANMF", cat(le24(0), le24(0), le24(width-1), le24(height-1), le24(ms), u8(0), picture)))
		}
		picture = nil
	}
	if flags != 0 || canvas != "" {
		body = cat(webpChunk("VP8X", cat(u8(flags), zeros(3), le24(canvasWidth-1), le24(canvasHeight-1))), body)
	}
	body = cat(body, picture)
	if total := r.number("bytes", 0); total > 0 {
		body = cat(body, webpChunk("PADD", zeros(total-len(body)-12-8)))
	}
	return File{Head: cat([]byte("RIFF"), le32(len(body)+4), []byte("WEBP"), body)}
}

func webpChunk(name string, body []byte) []byte {
	return cat([]byte(name), le32(len(body)), body, zeros(len(body)%2))
}
