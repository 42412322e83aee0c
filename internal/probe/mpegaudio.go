package probe

import "mediarelay/internal/probe/input"

// maxID3Search is how far the first frame may be from the end of a tag, as taggers add
// padding.
const maxID3Search = 64 << 10

// readID3 identifies the audio that follows ID3 tags: MP3, AAC or FLAC.
func readID3(file *input.File, _ []byte, f *Facts) {
	readTagged(file, 0, f)
}

func readTagged(file *input.File, offset int64, f *Facts) {
	offset, ok := skipID3(file, offset)
	if !ok {
		f.Type = "audio/mpeg"
		f.addFlaw(Truncated)
		return
	}
	if hasAt(file.At(offset, 4), 0, "fLaC") {
		f.Type = "audio/flac"
		return
	}
	for range maxID3Search {
		if b := file.At(offset, 2); len(b) < 2 {
			break
		} else if b[0] == 0xFF && (readADTS(file, offset, f) || readMPEGAudio(file, offset, f)) {
			return
		}
		offset++
	}
	f.Type = "audio/mpeg"
	f.addFlaw(Corrupt)
}

// skipID3 returns the offset after the tags; ok is false if one extends beyond the
// file.
func skipID3(file *input.File, offset int64) (after int64, ok bool) {
	const maxTags = 8
	for range maxTags {
		h := file.At(offset, 10)
		if !hasAt(h, 0, "ID3") || len(h) < 10 {
			return offset, offset < file.Size()
		}
		const hasFooter = 0x10
		size := int64(h[6]&0x7F)<<21 | int64(h[7]&0x7F)<<14 | int64(h[8]&0x7F)<<7 | int64(h[9]&0x7F)
		offset += 10 + size
		if h[5]&hasFooter != 0 {
			offset += 10
		}
	}
	return offset, offset < file.Size()
}

// readADTS requires two consecutive frames, or one that fills the file (ISO/IEC
// 13818-7, section 6.2).
func readADTS(file *input.File, offset int64, f *Facts) bool {
	first, ok := adtsFrame(file.At(offset, 7))
	if !ok {
		return false
	}
	next := offset + int64(first.length)
	if _, ok := adtsFrame(file.At(next, 7)); !ok && file.Size()-next >= 7 || next > file.Size() && offset == 0 {
		return false
	}
	f.Type, f.Movie = "audio/aac", &Movie{}
	f.Movie.addTrack(RoleAudio, "aac", first.channels)
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

// maxLeadingBytes is how much may precede the first frame without a tag: the rest of a
// frame that was cut, at most 8191 bytes.
const maxLeadingBytes = 8 << 10

// readAfterLeadingBytes skips bytes that do not belong to the audio: zeros, which some
// encoders leave in place of a tag, and the rest of a cut frame.
func readAfterLeadingBytes(file *input.File, _ int64, f *Facts) bool {
	offset := leadingZeros(file)
	switch {
	case offset > 0 && isID3(file.At(offset, 10)):
		readTagged(file, offset, f)
	case offset > 0 && (readADTS(file, offset, f) || readMPEGAudio(file, offset, f)):
	case !resync(file, offset, f):
		return false
	}
	f.addFlaw(Leading)
	return true
}

func leadingZeros(file *input.File) int64 {
	for offset := int64(0); offset < maxID3Search; offset++ {
		if b := file.At(offset, 1); len(b) == 0 || b[0] != 0 {
			return offset
		}
	}
	return maxID3Search
}

// isID3 requires a known version and a size of 7 bits per byte (ID3v2.4, section 3.1).
func isID3(h []byte) bool {
	return hasAt(h, 0, "ID3") && len(h) == 10 && h[3] < 5 && (h[6]|h[7]|h[8]|h[9])&0x80 == 0
}

// resync requires three consecutive frames: with a search from every byte, two may be
// coincidence.
func resync(file *input.File, offset int64, f *Facts) bool {
	for end := offset + maxLeadingBytes; offset < end; offset++ {
		b := file.At(offset, 1)
		if len(b) == 0 {
			return false
		}
		if b[0] != 0xFF {
			continue
		}
		if threeADTS(file, offset) && readADTS(file, offset, f) || threeMPEG(file, offset) && readMPEGAudio(file, offset, f) {
			return true
		}
	}
	return false
}

func threeADTS(file *input.File, offset int64) bool {
	for range 3 {
		frame, ok := adtsFrame(file.At(offset, 7))
		if !ok {
			return false
		}
		offset += int64(frame.length)
	}
	return true
}

func threeMPEG(file *input.File, offset int64) bool {
	first, _ := mpegFrame(file.At(offset, 4))
	for range 3 {
		frame, ok := mpegFrame(file.At(offset, 4))
		if !ok || frame.layer != first.layer || frame.rate != first.rate {
			return false
		}
		offset += int64(frame.length)
	}
	return true
}

// readMPEGAudio requires two consecutive frames of the same layer and sample rate, or
// one that ends with the file.
func readMPEGAudio(file *input.File, offset int64, f *Facts) bool {
	first, ok := mpegFrame(file.At(offset, 4))
	if !ok {
		return false
	}
	next := offset + int64(first.length)
	second, ok := mpegFrame(file.At(next, 4))
	alone := next == file.Size()
	if !alone && (!ok || second.layer != first.layer || second.rate != first.rate) {
		return false
	}
	if alone {
		f.addFlaw(Truncated) // players need a second frame to recognise the first
	}
	f.Type, f.Movie = "audio/mpeg", &Movie{}
	f.Movie.addTrack(RoleAudio, []string{"mp1", "mp2", "mp3"}[first.layer-1], first.channels)
	return true
}

type mpegAudio struct{ layer, rate, length, channels int }

// mpegFrame reads a frame header (ISO/IEC 11172-3, section 2.4.1.3; ISO/IEC 13818-3
// for the lower sample rates; version 2.5 is an extension that MP3 decoders share).
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

// kilobits returns the bit rate of an index, in kbit/s.
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

// readTransportStream requires the sync bytes of four packets of 188 bytes, or of 192
// bytes, as cameras write them with a timestamp first.
func readTransportStream(file *input.File, _ int64, f *Facts) bool {
	const packets = 4
	for _, shape := range []struct{ first, step int }{{0, 188}, {4, 192}} {
		b := file.At(0, shape.first+(packets-1)*shape.step+1)
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
