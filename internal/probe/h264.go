package probe

import "mediarelay/internal/probe/input"

// avc reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section
// 5.3.3.1) and the sequence parameter sets in it.
func (t *isoTrack) avc(b []byte) {
	h := input.Fields{B: b}
	if version := h.U8(); version != 1 {
		return
	}
	h.Skip(4)
	for range h.U8() & 0x1F {
		if s, ok := readSPS(h.Take(h.U16())); ok {
			t.addParameterSet(s)
		}
	}
}

// addParameterSet keeps the set that the fewest players support; the first of equals.
func (t *isoTrack) addParameterSet(s sps) {
	if t.parameterSets == 0 || s.rarity() > t.worst.rarity() {
		t.worst = s
		t.Profile, t.Chroma, t.Depth = s.profile, s.chroma, s.depth
	}
	t.parameterSets++
}

// sps holds the fields of a sequence parameter set (ITU-T H.264, section 7.4.2.1.1).
type sps struct {
	profile, chroma, depth int
}

// rarity is 0 for what every phone decodes, 1 for monochrome video, 2 for the rest.
func (s sps) rarity() int {
	switch {
	case s.depth != 8 || s.chroma > 1 || !IsCommonProfile(s.profile):
		return 2
	case s.chroma == 0:
		return 1
	}
	return 0
}

// IsCommonProfile reports whether every phone decodes an H.264 profile_idc: Baseline,
// Main and High. Decoders reject a profile by its number, even if the video itself is
// 8-bit 4:2:0.
func IsCommonProfile(profile int) bool {
	const baseline, main, high = 66, 77, 100
	return profile == baseline || profile == main || profile == high
}

// maxSPSBytes is far above the length of a real set.
const maxSPSBytes = 1024

// readSPS reads the NAL unit of a sequence parameter set (ITU-T H.264, section
// 7.3.2.1.1) up to chroma format and bit depth. It stops before the counts with which
// a hostile file makes parsers allocate memory.
func readSPS(unit []byte) (s sps, ok bool) {
	const typeSPS = 7
	if len(unit) < 4 || len(unit) > maxSPSBytes || unit[0]&0x1F != typeSPS {
		return s, false
	}
	b := input.Bits{B: withoutEmulationPrevention(unit[1:])}
	s = sps{profile: b.Read(8), chroma: 1, depth: 8}
	b.Read(8)                         // constraint flags
	b.Read(8)                         // level_idc
	if id := b.ExpGolomb(); id > 31 { // seq_parameter_set_id is 0 to 31
		return s, false
	}
	if hasChromaFormat(s.profile) {
		s.chroma = b.ExpGolomb()
		if s.chroma == 3 {
			b.Read(1) // separate_colour_plane_flag
		}
		s.depth = 8 + max(b.ExpGolomb(), b.ExpGolomb()) // luma, chroma
	}
	return s, !b.Short && s.chroma <= 3 && s.depth <= 16
}

// hasChromaFormat lists the profiles whose sets contain chroma format and bit depth;
// the others are 8-bit 4:2:0.
func hasChromaFormat(profile int) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// withoutEmulationPrevention removes the bytes that prevent a start code inside a NAL
// unit (emulation_prevention_three_byte, section 7.4.1).
func withoutEmulationPrevention(b []byte) []byte {
	out := make([]byte, 0, len(b))
	zeros := 0
	for _, c := range b {
		if zeros >= 2 && c == 3 {
			zeros = 0
			continue
		}
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, c)
	}
	return out
}
