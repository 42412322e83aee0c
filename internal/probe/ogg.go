package probe

// maxOggStreams is far above what real files hold.
const maxOggStreams = 16

// readOgg reads the first packet of each stream: their pages stand together at
// the start (RFC 3533, section 6).
func readOgg(s *source, _ []byte, f *Facts) {
	f.Type, f.Movie = "audio/ogg", &Movie{}
	offset := int64(0)
	for range maxOggStreams {
		page := oggPage(s, offset)
		if page.end == 0 || !page.first {
			break
		}
		f.Movie.addOgg(s.at(page.body, int(min(page.end-page.body, 64))))
		offset = page.end
	}
	if len(f.Movie.Of(RoleVideo)) > 0 {
		f.Type = "video/ogg"
	}
	if len(f.Movie.Tracks) == 0 {
		f.flaw(Corrupt)
		return
	}
	oggSound(s, offset, f)
}

// oggSound walks the further headers to the first whole page on which sound ends:
// a header's position is 0, and that of a page on which nothing ends is -1.
func oggSound(s *source, offset int64, f *Facts) {
	for offset < s.size {
		page := oggPage(s, offset)
		switch {
		case page.end == 0:
			f.broken(s, offset+oggFixed)
			return
		case page.end > s.size:
			s.endsEarly(f)
			return
		case page.position > 0:
			return
		}
		offset = page.end
	}
	s.endsEarly(f)
}

// broken: what stands there is not what belongs there, unless it is cut.
func (f *Facts) broken(s *source, end int64) {
	switch {
	case end > s.size:
		s.endsEarly(f)
	case !s.exhausted:
		f.flaw(Corrupt)
	}
}

// oggFixed is the length of a page's header without its table.
const oggFixed = 27

type oggExtent struct {
	body, end, position int64
	first               bool // of its stream
}

// oggPage reads a page's header; end is 0 where there is none.
func oggPage(s *source, offset int64) (page oggExtent) {
	const beginning = 2
	h := s.at(offset, oggFixed)
	if len(h) < oggFixed || !hasAt(h, 0, "OggS") || h[4] != 0 {
		return page
	}
	page.first = h[5]&beginning != 0
	page.position = le32(h[6:]) | le32(h[10:])<<32
	page.body = offset + oggFixed + int64(h[26])
	page.end = page.body
	for _, n := range s.at(offset+oggFixed, int(h[26])) {
		page.end += int64(n)
	}
	return page
}

// addOgg names a stream by its first packet.
func (m *Movie) addOgg(packet []byte) {
	switch {
	case hasAt(packet, 0, "OpusHead") && len(packet) >= 19:
		m.add(RoleAudio, "opus", int(packet[9]))
	case hasAt(packet, 0, "\x01vorbis") && len(packet) >= 12:
		m.add(RoleAudio, "vorbis", int(packet[11]))
	case hasAt(packet, 0, "\x7FFLAC"):
		m.add(RoleAudio, "flac", flacChannels(packet))
	case hasAt(packet, 0, "Speex   ") && len(packet) >= 52:
		m.add(RoleAudio, "speex", int(packet[48]))
	case hasAt(packet, 0, "\x80theora"):
		m.add(RoleVideo, "theora", 0)
	case hasAt(packet, 0, "BBCD\x00"):
		m.add(RoleVideo, "dirac", 0)
	default:
		m.add(RoleOther, "", 0)
	}
}

func (m *Movie) add(role Role, codec string, channels int) {
	m.Tracks = append(m.Tracks, Track{Role: role, Codec: codec, Channels: channels})
}

// flacChannels reads STREAMINFO in Ogg's mapping of FLAC: 13 bytes of mapping,
// 4 of block header, then 3 bits at byte 12 of the block.
func flacChannels(packet []byte) int {
	const at = 13 + 4 + 12
	if len(packet) <= at {
		return 0
	}
	return int(packet[at]>>1&7) + 1
}
