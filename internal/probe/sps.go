package probe

// avc reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section
// 5.3.3.1) and the sequence parameter sets in it.
func (t *isoTrack) avc(b []byte) {
	h := fields{b: b}
	if version := h.u8(); version != 1 {
		return
	}
	h.skip(4)
	for range h.u8() & 0x1F {
		if s, ok := readSPS(h.take(h.u16())); ok {
			t.addSet(s)
		}
	}
}

// addSet keeps the first set, and instead of it one that fewer players handle.
func (t *isoTrack) addSet(s sps) {
	if t.sets == 0 || s.rarity() > t.coded.rarity() {
		t.coded = s
		t.Profile, t.Level, t.Chroma, t.Depth = s.profile, s.level, s.chroma, s.depth
	}
	t.sets++
}

type sps struct {
	profile, level, chroma, depth int
}

// rarity is 0 for what every phone decodes, 1 for pictures without colour, 2 for
// the rest.
func (s sps) rarity() int {
	switch {
	case s.depth != 8 || s.chroma > 1 || !IsCommonProfile(s.profile):
		return 2
	case s.chroma == 0:
		return 1
	}
	return 0
}

// IsCommonProfile says whether every phone decodes a profile_idc of H.264:
// Baseline, Main and High. Decoders go by its number, so that a film in another
// profile fails even where its pictures are of 8 bits and 4:2:0.
func IsCommonProfile(profile int) bool {
	const baseline, main, high = 66, 77, 100
	return profile == baseline || profile == main || profile == high
}

// maxSPSBytes is far above a real set without extensions.
const maxSPSBytes = 1024

// readSPS reads a sequence parameter set (ITU-T H.264, section 7.3.2.1.1) as far
// as chroma and depth. What follows is not needed, and holds the counts with
// which hostile files make readers allocate.
func readSPS(unit []byte) (s sps, ok bool) {
	const typeSPS = 7
	if len(unit) < 4 || len(unit) > maxSPSBytes || unit[0]&0x1F != typeSPS {
		return s, false
	}
	b := bits{b: unescape(unit[1:])}
	s = sps{profile: b.read(8), chroma: 1, depth: 8}
	b.read(8) // constraints
	s.level = b.read(8)
	if id := b.unsigned(); id > 31 {
		return s, false
	}
	if hasChroma(s.profile) {
		s.chroma = b.unsigned()
		if s.chroma == 3 {
			b.read(1)
		}
		s.depth = 8 + max(b.unsigned(), b.unsigned()) // luma, chroma
	}
	return s, !b.short && s.chroma <= 3 && s.depth <= 16
}

// hasChroma lists the profiles whose sets tell chroma and depth.
func hasChroma(profile int) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// unescape takes out the bytes that keep a start code from appearing (section 7.4.1).
func unescape(b []byte) []byte {
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
