package probe

import "bytes"

// EXIF tags (Exif 2.32, sections 4.6.3 and 4.6.4).
const (
	tagOrientation = 0x0112
	tagGPS         = 0x8825
)

// maxEXIFEntries is far above what cameras write in the first directory.
const maxEXIFEntries = 200

var exifHeader = []byte("Exif\x00\x00")

// exif reads a JPEG's APP1 segment. XMP comes in such segments too, by the
// megabyte, so that what is no EXIF is left unread.
func (j *jpegReader) exif(body, end int64) {
	if j.hasEXIF || !bytes.Equal(j.s.at(body, len(exifHeader)), exifHeader) {
		return
	}
	j.hasEXIF = true
	body += int64(len(exifHeader))
	readEXIF(j.s.at(body, int(end-body)), j.image)
}

// readEXIF reads orientation and the presence of a place from a TIFF block.
func readEXIF(tiff []byte, image *Image) {
	if len(tiff) < 8 {
		return
	}
	short, long := be16, be32
	if string(tiff[:2]) == "II" {
		short, long = le16, le32
	}
	offset := long(tiff[4:])
	if offset < 8 || offset+2 > int64(len(tiff)) {
		return
	}
	directory := tiff[offset:]
	count := min(short(directory), maxEXIFEntries, (len(directory)-2)/12)
	for i := range count {
		entry := directory[2+12*i:]
		readEXIFEntry(tiff, entry, exifOrder{short, long}, image)
	}
}

type exifOrder struct {
	short func([]byte) int
	long  func([]byte) int64
}

func readEXIFEntry(tiff, entry []byte, order exifOrder, image *Image) {
	switch order.short(entry) {
	case tagOrientation:
		if v := order.short(entry[8:]); v >= 1 && v <= 8 {
			image.Orientation = v
		}
	case tagGPS:
		image.GPS = hasPlace(tiff, order, order.long(entry[8:]))
	}
}

// hasPlace says whether the GPS directory has a latitude (tag 2): many cameras
// write a directory that holds a version number alone.
func hasPlace(tiff []byte, order exifOrder, offset int64) bool {
	const tagLatitude = 2
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
