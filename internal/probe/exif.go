package probe

import (
	"bytes"

	"mediarelay/internal/probe/input"
)

// EXIF tags (Exif 2.32, sections 4.6.3 and 4.6.4).
const (
	tagOrientation = 0x0112
	tagGPS         = 0x8825
)

// maxEXIFEntries is far above the number of entries that cameras write in a directory.
const maxEXIFEntries = 200

var exifHeader = []byte("Exif\x00\x00")

// exif reads a JPEG's APP1 segment. XMP uses such segments too, megabytes of them, so
// a segment that is not EXIF is not read.
func (j *jpegReader) exif(body, end int64) {
	if j.hasEXIF || !bytes.Equal(j.file.At(body, len(exifHeader)), exifHeader) {
		return
	}
	j.hasEXIF = true
	body += int64(len(exifHeader))
	readEXIF(j.file.At(body, int(end-body)), j.image)
}

// readEXIF reads the orientation, and whether there is a location, from a TIFF block.
func readEXIF(tiff []byte, image *Image) {
	if len(tiff) < 8 {
		return
	}
	short, long := input.BE16, input.BE32
	if string(tiff[:2]) == "II" {
		short, long = input.LE16, input.LE32
	}
	offset := long(tiff[4:])
	if offset < 8 || offset+2 > int64(len(tiff)) {
		return
	}
	directory := tiff[offset:]
	count := min(short(directory), maxEXIFEntries, (len(directory)-2)/12)
	for i := range count {
		entry := directory[2+12*i:]
		readEXIFEntry(tiff, entry, byteOrder{short, long}, image)
	}
}

type byteOrder struct {
	short func([]byte) int
	long  func([]byte) int64
}

func readEXIFEntry(tiff, entry []byte, order byteOrder, image *Image) {
	switch order.short(entry) {
	case tagOrientation:
		if v := order.short(entry[8:]); v >= 1 && v <= 8 {
			image.Orientation = v
		}
	case tagGPS:
		image.GPS = hasLatitude(tiff, order, order.long(entry[8:]))
	}
}

// hasLatitude reports whether the GPS directory at offset has a latitude. Many cameras
// write a directory with nothing but a version number.
func hasLatitude(tiff []byte, order byteOrder, offset int64) bool {
	const tagLatitude = 2 // GPSLatitude, Exif 2.32, section 4.6.6
	if offset < 8 || offset+2 > int64(len(tiff)) {
		return false
	}
	directory := tiff[offset:]
	count := min(order.short(directory), maxEXIFEntries, (len(directory)-2)/12)
	for i := range count {
		if order.short(directory[2+12*i:]) == tagLatitude {
			return true
		}
	}
	return false
}
