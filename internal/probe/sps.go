package probe

// avc reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section
// 5.3.3.1) and the first sequence parameter set in it.
func (t *isoTrack) avc(b []byte) {
	h := fields{b: b}
	if version := h.u8(); version != 1 {
		return
	}
	profile := h.u8()
	h.skip(1)
	level := h.u8()
	h.skip(1)
	sets := h.u8() & 0x1F
	if sets == 0 || h.short {
		return
	}
	if s, ok := readSPS(h.take(h.u16())); ok {
		t.Profile, t.Level, t.Chroma, t.Depth = profile, level, s.chroma, s.depth
	}
}

type sps struct {
	profile, chroma, depth int
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
	b.read(16) // constraints and level
	if id := b.unsigned(); id > 31 {
		return s, false
	}
	if hasChroma(s.profile) {
		s.chroma = b.unsigned()
		if s.chroma == 3 {
			b.read(1)
		}
		s.depth = 8 + b.unsigned()
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
