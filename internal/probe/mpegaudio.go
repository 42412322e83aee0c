package probe

// maxID3Search is how far behind a tag the first frame may stand: taggers pad.
const maxID3Search = 64 << 10

// readID3 goes behind the tags: MP3, AAC and FLAC all wear them.
func readID3(s *source, _ []byte, f *Facts) {
	readTagged(s, 0, f)
}

func readTagged(s *source, offset int64, f *Facts) {
	offset, ok := skipID3(s, offset)
	if !ok {
		f.Type = "audio/mpeg"
		f.flaw(Truncated)
		return
	}
	if hasAt(s.at(offset, 4), 0, "fLaC") {
		f.Type = "audio/flac"
		return
	}
	for range maxID3Search {
		if b := s.at(offset, 2); len(b) < 2 {
			break
		} else if b[0] == 0xFF && (readADTS(s, offset, f) || readMPEGAudio(s, offset, f)) {
			return
		}
		offset++
	}
	f.Type = "audio/mpeg"
	f.flaw(Corrupt)
}

// skipID3 gives the offset behind the tags; ok is false where one has no end.
func skipID3(s *source, offset int64) (behind int64, ok bool) {
	const maxTags = 8
	for range maxTags {
		h := s.at(offset, 10)
		if !hasAt(h, 0, "ID3") || len(h) < 10 {
			return offset, offset < s.size
		}
		const hasFooter = 0x10
		size := int64(h[6]&0x7F)<<21 | int64(h[7]&0x7F)<<14 | int64(h[8]&0x7F)<<7 | int64(h[9]&0x7F)
		offset += 10 + size
		if h[5]&hasFooter != 0 {
			offset += 10
		}
	}
	return offset, offset < s.size
}

// readADTS asks for two frames in a row, or one that fills the file (ISO/IEC
// 13818-7, section 6.2).
func readADTS(s *source, offset int64, f *Facts) bool {
	first, ok := adtsFrame(s.at(offset, 7))
	if !ok {
		return false
	}
	next := offset + int64(first.length)
	if _, ok := adtsFrame(s.at(next, 7)); !ok && s.size-next >= 7 || next > s.size && offset == 0 {
		return false
	}
	f.Type, f.Movie = "audio/aac", &Movie{}
	f.Movie.add(RoleAudio, "aac", first.channels)
	return true
}

type adts struct{ length, channels int }

func adtsFrame(h []byte) (adts, bool) {
	if len(h) < 7 || h[0] != 0xFF || h[1]&0xF6 != 0xF0 {
		return adts{}, false
	}
	const reservedRate = 13
	if int(h[2]>>2&15) >= reservedRate {
		return adts{}, false
	}
	a := adts{
		length:   int(h[3]&3)<<11 | int(h[4])<<3 | int(h[5]>>5),
		channels: aacChannels(int(h[2]&1)<<2 | int(h[3]>>6)),
	}
	return a, a.length >= 7
}

// maxLeading is how much may stand before the first frame without a tag: the
// rest of a frame that a cut went through, of at most 8191 bytes.
const maxLeading = 8 << 10

// readBehind goes behind what does not belong to the sound: zeros, which some
// encoders leave in place of a tag, and the rest of a frame.
func readBehind(s *source, _ int64, f *Facts) bool {
	offset := zerosEnd(s)
	switch {
	case offset > 0 && isID3(s.at(offset, 10)):
		readTagged(s, offset, f)
	case offset > 0 && (readADTS(s, offset, f) || readMPEGAudio(s, offset, f)):
	case !resync(s, offset, f):
		return false
	}
	f.flaw(Leading)
	return true
}

func zerosEnd(s *source) int64 {
	for offset := int64(0); offset < maxID3Search; offset++ {
		if b := s.at(offset, 1); len(b) == 0 || b[0] != 0 {
			return offset
		}
	}
	return maxID3Search
}

// isID3 asks for a version that there is and a size of 7 bits a byte (ID3v2.4,
// section 3.1).
func isID3(h []byte) bool {
	return hasAt(h, 0, "ID3") && len(h) == 10 && h[3] < 5 && (h[6]|h[7]|h[8]|h[9])&0x80 == 0
}

// resync believes three frames in a row: two may be chance where any byte may be
// the first.
func resync(s *source, offset int64, f *Facts) bool {
	for end := offset + maxLeading; offset < end; offset++ {
		b := s.at(offset, 1)
		if len(b) == 0 {
			return false
		}
		if b[0] != 0xFF {
			continue
		}
		if threeADTS(s, offset) && readADTS(s, offset, f) || threeMPEG(s, offset) && readMPEGAudio(s, offset, f) {
			return true
		}
	}
	return false
}

func threeADTS(s *source, offset int64) bool {
	for range 3 {
		frame, ok := adtsFrame(s.at(offset, 7))
		if !ok {
			return false
		}
		offset += int64(frame.length)
	}
	return true
}

func threeMPEG(s *source, offset int64) bool {
	first, _ := mpegFrame(s.at(offset, 4))
	for range 3 {
		frame, ok := mpegFrame(s.at(offset, 4))
		if !ok || frame.layer != first.layer || frame.rate != first.rate {
			return false
		}
		offset += int64(frame.length)
	}
	return true
}

// readMPEGAudio asks for two frames in a row of one layer and rate, or one that
// reaches the end of the file.
func readMPEGAudio(s *source, offset int64, f *Facts) bool {
	first, ok := mpegFrame(s.at(offset, 4))
	if !ok {
		return false
	}
	next := offset + int64(first.length)
	second, ok := mpegFrame(s.at(next, 4))
	alone := next == s.size
	if !alone && (!ok || second.layer != first.layer || second.rate != first.rate) {
		return false
	}
	if alone {
		f.flaw(Truncated) // players ask for a second frame before they believe the first
	}
	f.Type, f.Movie = "audio/mpeg", &Movie{}
	f.Movie.add(RoleAudio, []string{"mp1", "mp2", "mp3"}[first.layer-1], first.channels)
	return true
}

type mpegAudio struct{ layer, rate, length, channels int }

// mpegFrame reads a frame header (ISO/IEC 11172-3, section 2.4.1.3; 13818-3 for
// the lower rates; 2.5 is an extension that every MP3 decoder knows).
func mpegFrame(h []byte) (m mpegAudio, ok bool) {
	if len(h) < 4 || h[0] != 0xFF || h[1]&0xE0 != 0xE0 {
		return m, false
	}
	version, layer := int(h[1]>>3&3), int(h[1]>>1&3)
	bitrate, rate := int(h[2]>>4), int(h[2]>>2&3)
	if version == 1 || layer == 0 || bitrate == 0 || bitrate == 15 || rate == 3 {
		return m, false
	}
	m.layer = 4 - layer
	m.rate = []int{44100, 48000, 32000}[rate] >> []int{2, 0, 1, 0}[version]
	m.length = frameLength(m, version == 3, kilobits(version == 3, m.layer, bitrate), int(h[2]>>1&1))
	m.channels = 2
	if h[3]>>6 == 3 {
		m.channels = 1
	}
	return m, m.length > 4
}

func frameLength(m mpegAudio, version1 bool, kilobits, padding int) int {
	switch {
	case m.layer == 1:
		return (12*1000*kilobits/m.rate + padding) * 4
	case m.layer == 3 && !version1:
		return 72*1000*kilobits/m.rate + padding
	}
	return 144*1000*kilobits/m.rate + padding
}

// kilobits reads the bit rate index, in kbit/s.
func kilobits(version1 bool, layer, index int) int {
	table := "\x00\x08\x10\x18\x20\x28\x30\x38\x40\x50\x60\x70\x80\x90\xA0" // version 2, layers II and III
	switch {
	case !version1 && layer == 1:
		return []int{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256}[index]
	case version1 && layer == 1:
		return 32 * index
	case version1 && layer == 2:
		return []int{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}[index]
	case version1:
		return []int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[index]
	}
	return int(table[index])
}

// readTransportStream asks for the sync byte of four packets of 188 bytes, or of
// 192 as cameras write them with a time stamp in front.
func readTransportStream(s *source, _ int64, f *Facts) bool {
	const packets = 4
	for _, shape := range []struct{ first, step int }{{0, 188}, {4, 192}} {
		b := s.at(0, shape.first+(packets-1)*shape.step+1)
		synced := len(b) > shape.first+(packets-1)*shape.step
		for i := 0; synced && i < packets; i++ {
			synced = b[shape.first+i*shape.step] == 0x47
		}
		if synced {
			f.Type = "video/mp2t"
			return true
		}
	}
	return false
}
