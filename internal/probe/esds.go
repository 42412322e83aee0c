package probe

import "mediarelay/internal/probe/input"

// Descriptor tags (ISO/IEC 14496-1, section 7.2.2.1).
const (
	tagES                  = 3
	tagDecoderConfig       = 4
	tagDecoderSpecificInfo = 5
)

// elementary reads esds. Its object type tells which codec mp4a or mp4v contains.
func (t *isoTrack) elementary(b []byte) {
	h := input.Fields{B: b}
	h.Skip(4)
	if !enterDescriptor(&h, tagES) {
		return
	}
	h.Skip(2)
	flags := h.U8()
	if flags&0x80 != 0 {
		h.Skip(2)
	}
	if flags&0x40 != 0 {
		h.Skip(h.U8())
	}
	if flags&0x20 != 0 {
		h.Skip(2)
	}
	if !enterDescriptor(&h, tagDecoderConfig) {
		return
	}
	t.Codec = objectType(h.U8())
	h.Skip(12)
	if enterDescriptor(&h, tagDecoderSpecificInfo) && t.Codec == "aac" {
		t.audioSpecificConfig(input.Bits{B: h.B})
	}
}

// enterDescriptor reads a descriptor's tag and skips its length, which is not needed:
// the fields that follow have fixed offsets.
func enterDescriptor(h *input.Fields, tag int) bool {
	if h.U8() != tag || h.Short {
		return false
	}
	for range 4 {
		if h.U8()&0x80 == 0 {
			break
		}
	}
	return !h.Short
}

// objectType returns the codec of an objectTypeIndication (ISO/IEC 14496-1; registry
// at mp4ra.org).
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

// audioSpecificConfig reads an AudioSpecificConfig (ISO/IEC 14496-3, section
// 1.6.2.1). Some of its audio object types are codecs other than AAC.
func (t *isoTrack) audioSpecificConfig(b input.Bits) {
	object := audioObjectType(&b)
	const explicitRate = 15
	if b.Read(4) == explicitRate {
		b.Read(24)
	}
	if channels := aacChannels(b.Read(4)); channels > 0 && !b.Short {
		t.Channels = channels
	}
	if name := audioObjectTypes[object]; name != "" && !b.Short {
		t.Codec = name
	}
}

func audioObjectType(b *input.Bits) int {
	const escape = 31
	object := b.Read(5)
	if object == escape {
		object = 32 + b.Read(6)
	}
	return object
}

// audioObjectTypes lists the audio object types that are not AAC (ISO/IEC 14496-3,
// table 1.17).
var audioObjectTypes = map[int]string{
	8: "celp", 9: "hvxc", 32: "mp1", 33: "mp2", 34: "mp3", 35: "dst", 36: "als", 37: "sls", 38: "sls", 42: "usac",
}

// aacChannels returns the channels of a channelConfiguration (ISO/IEC 14496-3, table
// 1.19); 0 if the configuration does not tell.
func aacChannels(configuration int) int {
	switch {
	case configuration >= 1 && configuration <= 6:
		return configuration
	case configuration == 7:
		return 8
	}
	return 0
}
