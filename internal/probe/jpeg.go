package probe

import (
	"bytes"

	"mediarelay/internal/probe/input"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	jpegSOF0  = 0xC0
	jpegSOF15 = 0xCF
	jpegDHT   = 0xC4
	jpegJPG   = 0xC8
	jpegDAC   = 0xCC
	jpegRST0  = 0xD0
	jpegEOI   = 0xD9
	jpegSOS   = 0xDA
	jpegAPP1  = 0xE1
	jpegAPP2  = 0xE2
	jpegAPP14 = 0xEE
	jpegTEM   = 0x01
)

// maxJPEGSegments bounds the walk to the first scan; real files have fewer than 100
// marker segments.
const maxJPEGSegments = 1000

// jpegTailBytes is how far before the last end marker an earlier one is searched for.
const jpegTailBytes = 448 << 10

type jpegReader struct {
	file       *input.File
	f          *Facts
	image      *Image
	components int
	transform  int // Adobe's colour transform; -1 if absent
	hasEXIF    bool
	// multiPicture is set if the file lists further images after the first (CIPA
	// DC-007). Phones store a gain map this way.
	multiPicture bool
}

func readJPEG(file *input.File, _ []byte, f *Facts) {
	f.Type = "image/jpeg"
	f.Image = &Image{}
	j := &jpegReader{file: file, f: f, image: f.Image, transform: -1}
	scan, ok := j.segments()
	if j.components > 0 {
		j.image.Color = j.color()
	}
	if !ok {
		return
	}
	j.checkEnd(scan)
}

// segments walks the marker segments to the first scan and returns the offset of its
// entropy-coded data.
func (j *jpegReader) segments() (scan int64, ok bool) {
	offset := int64(2)
	for range maxJPEGSegments {
		marker, body, next := j.segment(offset)
		switch {
		case next == 0:
			return 0, false
		case marker == jpegEOI:
			j.f.addFlaw(Corrupt) // the image ends before any scan
			return 0, false
		case marker == jpegSOS:
			return next, j.hasFrame()
		case isFrame(marker):
			j.frame(marker, j.file.At(body, 6))
		case marker == jpegAPP1:
			j.exif(body, next)
		case marker == jpegAPP2:
			j.multiPicture = j.multiPicture || hasAt(j.file.At(body, 4), 0, "MPF\x00")
		case marker == jpegAPP14:
			j.adobe(j.file.At(body, 12))
		}
		offset = next
	}
	j.f.addFlaw(Undetermined)
	return 0, false
}

func (j *jpegReader) hasFrame() bool {
	if j.image.Coding == "" || j.image.Width == 0 || j.image.Height == 0 {
		j.f.addFlaw(Corrupt)
		return false
	}
	return true
}

// segment reads the marker at offset; next is 0 if there is none.
func (j *jpegReader) segment(offset int64) (marker byte, body, next int64) {
	b := j.file.At(offset, 4)
	for len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFF { // fill bytes
		offset++
		b = j.file.At(offset, 4)
	}
	if len(b) < 2 {
		j.f.endsEarly(j.file)
		return 0, 0, 0
	}
	if b[0] != 0xFF || b[1] == 0 {
		j.f.addFlaw(Corrupt)
		return 0, 0, 0
	}
	if marker = b[1]; hasNoLength(marker) {
		return marker, offset + 2, offset + 2
	}
	return j.segmentWithLength(marker, b, offset)
}

// segmentWithLength reads the length in a segment's first bytes b.
func (j *jpegReader) segmentWithLength(marker byte, b []byte, offset int64) (byte, int64, int64) {
	if len(b) < 4 {
		j.f.endsEarly(j.file)
		return 0, 0, 0
	}
	length := int64(input.BE16(b[2:]))
	if length < 2 {
		j.f.addFlaw(Corrupt)
		return 0, 0, 0
	}
	if offset+2+length > j.file.Size() {
		j.f.addFlaw(Truncated)
	}
	return marker, offset + 4, offset + 2 + length
}

func hasNoLength(marker byte) bool {
	return marker == jpegTEM || marker >= jpegRST0 && marker <= jpegEOI
}

func isFrame(marker byte) bool {
	return marker >= jpegSOF0 && marker <= jpegSOF15 &&
		marker != jpegDHT && marker != jpegJPG && marker != jpegDAC
}

func (j *jpegReader) frame(marker byte, b []byte) {
	if len(b) < 6 {
		j.f.endsEarly(j.file)
		return
	}
	if b[5] == 0 {
		j.f.addFlaw(Corrupt)
		return
	}
	j.image.Depth = int(b[0])
	j.image.Height, j.image.Width = input.BE16(b[1:]), input.BE16(b[3:])
	j.components = int(b[5])
	j.image.Coding = coding(marker)
}

// coding returns the coding process of a frame marker (T.81, table B.1).
func coding(marker byte) Coding {
	switch marker - jpegSOF0 {
	case 0, 1:
		return CodingBaseline
	case 2:
		return CodingProgressive
	case 3:
		return CodingLossless
	case 5, 6, 7:
		return CodingHierarchical
	}
	return CodingArithmetic
}

func (j *jpegReader) adobe(b []byte) {
	if len(b) >= 12 && string(b[:5]) == "Adobe" {
		j.transform = int(b[11])
	}
}

func (j *jpegReader) color() Color {
	switch {
	case j.components == 1:
		return ColorGray
	case j.components == 4 && j.transform == 2:
		return ColorYCCK
	case j.components == 4:
		return ColorCMYK
	case j.components == 3:
		return ColorRGB // RGB or YCbCr: every decoder handles both
	}
	return ""
}

// checkEnd searches for the end marker. Entropy-coded data cannot contain one, so if
// the file does not end with it, either bytes follow or bytes are missing.
func (j *jpegReader) checkEnd(scan int64) {
	tail, from := j.file.Tail(64 << 10)
	if from+int64(len(tail)) < j.file.Size() {
		j.f.endsEarly(j.file)
		return
	}
	tail = trimSamsungTrailer(tail)
	last := bytes.LastIndex(tail, endOfImage)
	switch {
	case last >= 0 && from+int64(last) >= scan:
		if !isPadding(tail[last+2:]) || !j.multiPicture && j.hasEarlierEnd(scan, from+int64(last)) {
			j.f.addFlaw(Trailing)
		}
	case from > scan && j.hasEndMarker(scan, from+1):
		j.f.addFlaw(Trailing)
	default:
		j.f.endsEarly(j.file)
	}
}

var endOfImage = []byte{0xFF, jpegEOI}

// hasEarlierEnd reports whether another end marker precedes the one at offset last,
// which means that a second file is appended. Two adjacent markers count as one. An
// image too large for every purpose is not searched.
func (j *jpegReader) hasEarlierEnd(scan, last int64) bool {
	if j.file.Size() > input.StreamBytes {
		return false
	}
	from := max(scan, last-min(jpegTailBytes, j.file.Left()))
	first := bytes.Index(j.file.At(from, int(last-from)), endOfImage)
	return first >= 0 && from+int64(first+len(endOfImage)) < last
}

// hasEndMarker searches [from, to) for the end marker.
func (j *jpegReader) hasEndMarker(from, to int64) (found bool) {
	var previous byte
	input.NewWindow(j.file).Each(from, to, func(piece []byte) bool {
		found = previous == 0xFF && piece[0] == jpegEOI || bytes.Contains(piece, endOfImage)
		previous = piece[len(piece)-1]
		return !found
	})
	return found
}

// maxPadding is how many bytes of padding after the content are ignored: cameras and
// editors pad to a block size.
const maxPadding = 64 << 10

func isPadding(b []byte) bool {
	for _, c := range b {
		if c != 0 && c != 0xFF && c != '\n' && c != '\r' {
			return false
		}
	}
	return len(b) <= maxPadding
}
