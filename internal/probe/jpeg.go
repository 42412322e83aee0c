package probe

import "bytes"

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

// maxJPEGSegments bounds the walk to the first scan; real files have under 100.
const maxJPEGSegments = 1000

// jpegTailBytes is how much in front of the last end is searched for one before.
const jpegTailBytes = 448 << 10

type jpegReader struct {
	s         *source
	f         *Facts
	image     *Image
	parts     int
	ids       []byte
	transform int // Adobe's colour transform, -1 where not said
	hasEXIF   bool
	// several: the file lists further pictures behind the first (CIPA DC-007),
	// as phones store a picture's brightness map.
	several bool
}

func readJPEG(s *source, _ []byte, f *Facts) {
	f.Type = "image/jpeg"
	f.Image = &Image{}
	j := &jpegReader{s: s, f: f, image: f.Image, transform: -1}
	scan, ok := j.segments()
	if j.parts > 0 {
		j.image.Color = j.color()
	}
	if !ok {
		return
	}
	j.end(scan)
}

// segments walks to the first scan and gives the offset of its data.
func (j *jpegReader) segments() (scan int64, ok bool) {
	offset := int64(2)
	for range maxJPEGSegments {
		marker, body, next := j.segment(offset)
		switch {
		case next == 0:
			return 0, false
		case marker == jpegEOI:
			j.f.flaw(Corrupt) // ends before any scan
			return 0, false
		case marker == jpegSOS:
			return next, j.hasFrame()
		case isFrame(marker):
			j.frame(marker, j.s.at(body, 6+3*4))
		case marker == jpegAPP1:
			j.exif(body, next)
		case marker == jpegAPP2:
			j.several = j.several || hasAt(j.s.at(body, 4), 0, "MPF\x00")
		case marker == jpegAPP14:
			j.adobe(j.s.at(body, 12))
		}
		offset = next
	}
	j.f.flaw(Undetermined)
	return 0, false
}

func (j *jpegReader) hasFrame() bool {
	if j.image.Coding == "" || j.image.Width == 0 || j.image.Height == 0 {
		j.f.flaw(Corrupt)
		return false
	}
	return true
}

// segment reads the marker at offset. next is 0 where there is none.
func (j *jpegReader) segment(offset int64) (marker byte, body, next int64) {
	b := j.s.at(offset, 4)
	for len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFF { // fill bytes
		offset++
		b = j.s.at(offset, 4)
	}
	if len(b) < 2 {
		j.s.endsEarly(j.f)
		return 0, 0, 0
	}
	if b[0] != 0xFF || b[1] == 0 {
		j.f.flaw(Corrupt)
		return 0, 0, 0
	}
	if marker = b[1]; standsAlone(marker) {
		return marker, offset + 2, offset + 2
	}
	return j.sized(marker, b, offset)
}

func (j *jpegReader) sized(marker byte, b []byte, offset int64) (byte, int64, int64) {
	if len(b) < 4 {
		j.s.endsEarly(j.f)
		return 0, 0, 0
	}
	length := int64(be16(b[2:]))
	if length < 2 {
		j.f.flaw(Corrupt)
		return 0, 0, 0
	}
	if offset+2+length > j.s.size {
		j.f.flaw(Truncated)
	}
	return marker, offset + 4, offset + 2 + length
}

func standsAlone(marker byte) bool {
	return marker == jpegTEM || marker >= jpegRST0 && marker <= jpegEOI
}

func isFrame(marker byte) bool {
	return marker >= jpegSOF0 && marker <= jpegSOF15 &&
		marker != jpegDHT && marker != jpegJPG && marker != jpegDAC
}

func (j *jpegReader) frame(marker byte, b []byte) {
	if len(b) < 6 {
		j.s.endsEarly(j.f)
		return
	}
	if b[5] == 0 {
		j.f.flaw(Corrupt)
		return
	}
	j.image.Depth = int(b[0])
	j.image.Height, j.image.Width = be16(b[1:]), be16(b[3:])
	j.parts = int(b[5])
	j.image.Coding = coding(marker)
	j.ids = nil
	for i := 6; i < len(b) && len(j.ids) < min(j.parts, 4); i += 3 {
		j.ids = append(j.ids, b[i])
	}
}

// coding reads the process from the frame's marker (T.81, table B.1).
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
	case j.parts == 1:
		return ColorGray
	case j.parts == 4 && j.transform == 2:
		return ColorYCCK
	case j.parts == 4:
		return ColorCMYK
	case j.parts == 3:
		return ColorRGB // YCbCr and RGB: every decoder shows both
	}
	return ""
}

// end looks for the end marker. Coded data cannot hold one, so where the file
// does not stop with it, either bytes follow or bytes are missing.
func (j *jpegReader) end(scan int64) {
	tail, from := j.s.tail(64 << 10)
	if from+int64(len(tail)) < j.s.size {
		j.s.endsEarly(j.f)
		return
	}
	tail = withoutSamsung(tail)
	last := bytes.LastIndex(tail, endOfImage)
	switch {
	case last >= 0 && from+int64(last) >= scan:
		if !isPadding(tail[last+2:]) || !j.several && j.endsBefore(scan, from+int64(last)) {
			j.f.flaw(Trailing)
		}
	case from > scan && j.endWithin(scan, from+1):
		j.f.flaw(Trailing)
	default:
		j.s.endsEarly(j.f)
	}
}

var endOfImage = []byte{0xFF, jpegEOI}

// endsBefore says whether an end stands before the last one, at offset last:
// what lies between is another file. An end written twice is one end. A picture
// that is too large for every purpose is not searched.
func (j *jpegReader) endsBefore(scan, last int64) bool {
	if j.s.size > streamBytes {
		return false
	}
	from := max(scan, last-min(jpegTailBytes, j.s.left))
	first := bytes.Index(j.s.at(from, int(last-from)), endOfImage)
	return first >= 0 && from+int64(first+len(endOfImage)) < last
}

// endWithin searches bytes for the end marker.
func (j *jpegReader) endWithin(from, to int64) (found bool) {
	var before byte
	newWindow(j.s).each(from, to, func(piece []byte) bool {
		found = before == 0xFF && piece[0] == jpegEOI || bytes.Contains(piece, endOfImage)
		before = piece[len(piece)-1]
		return !found
	})
	return found
}

// maxPadding is how many filling bytes after the end are not worth a word:
// cameras and editors pad to a block.
const maxPadding = 64 << 10

func isPadding(b []byte) bool {
	for _, c := range b {
		if c != 0 && c != 0xFF && c != '\n' && c != '\r' {
			return false
		}
	}
	return len(b) <= maxPadding
}
