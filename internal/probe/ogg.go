package probe

import "mediarelay/internal/probe/input"

// maxOggStreams is far above the number of streams in real files.
const maxOggStreams = 16

// readOgg reads the first packet of each stream. The pages that begin the streams
// come first in the file (RFC 3533, section 6).
func readOgg(file *input.File, _ []byte, f *Facts) {
	f.Type, f.Movie = "audio/ogg", &Movie{}
	offset := int64(0)
	for range maxOggStreams {
		page := readOggPage(file, offset)
		if page.end == 0 || !page.first {
			break
		}
		f.Movie.addOggStream(file.At(page.body, int(min(page.end-page.body, 64))))
		offset = page.end
	}
	if len(f.Movie.Of(RoleVideo)) > 0 {
		f.Type = "video/ogg"
	}
	if len(f.Movie.Tracks) == 0 {
		f.addFlaw(Corrupt)
		return
	}
	checkOggData(file, offset, f)
}

// checkOggData walks to the first complete page on which audio data ends. The granule
// position of a header page is 0, that of a page on which no packet ends is -1.
func checkOggData(file *input.File, offset int64, f *Facts) {
	for offset < file.Size() {
		page := readOggPage(file, offset)
		switch {
		case page.end == 0:
			f.malformed(file, offset+oggHeaderBytes)
			return
		case page.end > file.Size():
			f.endsEarly(file)
			return
		case page.position > 0:
			return
		}
		offset = page.end
	}
	f.endsEarly(file)
}

// oggHeaderBytes is the length of a page header without its segment table.
const oggHeaderBytes = 27

type oggPage struct {
	body, end, position int64 // position is the granule position
	first               bool  // the first page of its stream
}

// readOggPage reads a page header; end is 0 if there is none.
func readOggPage(file *input.File, offset int64) (page oggPage) {
	const beginningOfStream = 2
	h := file.At(offset, oggHeaderBytes)
	if len(h) < oggHeaderBytes || !hasAt(h, 0, "OggS") || h[4] != 0 {
		return page
	}
	page.first = h[5]&beginningOfStream != 0
	page.position = input.LE32(h[6:]) | input.LE32(h[10:])<<32
	page.body = offset + oggHeaderBytes + int64(h[26])
	page.end = page.body
	for _, n := range file.At(offset+oggHeaderBytes, int(h[26])) {
		page.end += int64(n)
	}
	return page
}

// addOggStream identifies a stream by its first packet.
func (m *Movie) addOggStream(packet []byte) {
	switch {
	case hasAt(packet, 0, "OpusHead") && len(packet) >= 19:
		m.addTrack(RoleAudio, "opus", int(packet[9]))
	case hasAt(packet, 0, "\x01vorbis") && len(packet) >= 12:
		m.addTrack(RoleAudio, "vorbis", int(packet[11]))
	case hasAt(packet, 0, "\x7FFLAC"):
		m.addTrack(RoleAudio, "flac", flacChannels(packet))
	case hasAt(packet, 0, "Speex   ") && len(packet) >= 52:
		m.addTrack(RoleAudio, "speex", int(packet[48]))
	case hasAt(packet, 0, "\x80theora"):
		m.addTrack(RoleVideo, "theora", 0)
	case hasAt(packet, 0, "BBCD\x00"):
		m.addTrack(RoleVideo, "dirac", 0)
	default:
		m.addTrack(RoleOther, "", 0)
	}
}

func (m *Movie) addTrack(role Role, codec string, channels int) {
	m.Tracks = append(m.Tracks, Track{Role: role, Codec: codec, Channels: channels})
}

// flacChannels reads the channel count of STREAMINFO in a FLAC-to-Ogg mapping: 13
// bytes of mapping, 4 of block header, then 3 bits at byte 12 of the block.
func flacChannels(packet []byte) int {
	const at = 13 + 4 + 12
	if len(packet) <= at {
		return 0
	}
	return int(packet[at]>>1&7) + 1
}
