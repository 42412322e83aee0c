package probe

// Descriptor tags (ISO/IEC 14496-1, section 7.2.2.1).
const (
	tagES            = 3
	tagDecoderConfig = 4
	tagSpecific      = 5
)

// elementary reads esds: the object type says what mp4a and mp4v really hold.
func (t *isoTrack) elementary(b []byte) {
	h := fields{b: b}
	h.skip(4)
	if !enter(&h, tagES) {
		return
	}
	h.skip(2)
	flags := h.u8()
	if flags&0x80 != 0 {
		h.skip(2)
	}
	if flags&0x40 != 0 {
		h.skip(h.u8())
	}
	if flags&0x20 != 0 {
		h.skip(2)
	}
	if !enter(&h, tagDecoderConfig) {
		return
	}
	t.Codec = objectType(h.u8())
	h.skip(12)
	if enter(&h, tagSpecific) && t.Codec == "aac" {
		t.specific(bits{b: h.b})
	}
}

// enter reads a descriptor's tag and length. The length is not needed: the
// fields behind are at fixed places.
func enter(h *fields, tag int) bool {
	if h.u8() != tag || h.short {
		return false
	}
	for range 4 {
		if h.u8()&0x80 == 0 {
			break
		}
	}
	return !h.short
}

// objectType names ISO/IEC 14496-1's objectTypeIndication (mp4ra.org).
func objectType(code int) string {
	switch {
	case code == 0x20:
		return "mpeg4"
	case code == 0x21:
		return "h264"
	case code == 0x23:
		return "hevc"
	case code == 0x40 || code >= 0x66 && code <= 0x68:
		return "aac"
	case code >= 0x60 && code <= 0x65:
		return "mpeg2"
	case code == 0x69 || code == 0x6B:
		return "mp3"
	}
	return objectTypes[code]
}

var objectTypes = map[int]string{
	0x6A: "mpeg1", 0x6C: "jpeg", 0x6D: "png", 0x6E: "jpeg2000",
	0xA5: "ac3", 0xA6: "eac3", 0xA9: "dts", 0xAC: "dts", 0xAD: "opus", 0xB1: "vp9",
	0xDD: "vorbis", 0xE1: "qcelp",
}

// specific reads an AudioSpecificConfig (ISO/IEC 14496-3, section 1.6.2.1): some
// object types are other codecs than AAC.
func (t *isoTrack) specific(b bits) {
	object := audioObject(&b)
	const ownRate = 15
	if b.read(4) == ownRate {
		b.read(24)
	}
	if channels := aacChannels(b.read(4)); channels > 0 && !b.short {
		t.Channels = channels
	}
	if name := audioObjects[object]; name != "" && !b.short {
		t.Codec = name
	}
}

func audioObject(b *bits) int {
	const escape = 31
	object := b.read(5)
	if object == escape {
		object = 32 + b.read(6)
	}
	return object
}

// audioObjects are the audio object types that are not AAC (14496-3, table 1.17).
var audioObjects = map[int]string{
	8: "celp", 9: "hvxc", 32: "mp1", 33: "mp2", 34: "mp3", 35: "dst", 36: "als", 37: "sls", 38: "sls", 42: "usac",
}

// aacChannels reads a channel configuration (14496-3, table 1.19).
func aacChannels(configuration int) int {
	switch {
	case configuration >= 1 && configuration <= 6:
		return configuration
	case configuration == 7:
		return 8
	}
	return 0
}
