package preflighttest

import "bytes"

// makeOgg: codec=opus|vorbis|flac|speex|theora channels=1 tags=N (pages of tags) bytes=N
// (pads by pages). Flag: headers (no audio data).
func makeOgg(r *recipe) File {
	channels := r.number("channels", 1)
	first := map[string][]byte{
		"opus":   cat([]byte("OpusHead"), u8(1), u8(channels), zeros(9)),
		"vorbis": cat([]byte("\x01vorbis"), zeros(4), u8(channels), zeros(18)),
		"flac":   cat([]byte("\x7FFLAC"), zeros(24), u8((channels-1)<<1), zeros(22)),
		"speex":  cat([]byte("Speex   "), zeros(40), u8(channels), zeros(31)),
		"theora": cat([]byte("\x80theora"), zeros(35)),
	}[r.text("codec", "opus")]
	b := cat(oggPage(2, 0, first), bytes.Repeat(oggPage(0, 0, zeros(60)), r.number("tags", 1)))
	if !r.is("headers") {
		b = cat(b, oggPage(0, 960, zeros(60)))
	}
	total := r.number("bytes", 0)
	const fixed, most = 27, 255 * 255
	for len(b) < total {
		n := min(total-len(b)-fixed, most+255)
		n -= (n + 255) / 256 // the segment table of the page
		b = cat(b, oggPage(0, 960, zeros(max(n, 0))))
	}
	return File{Head: b}
}

func oggPage(flags, position int, body []byte) []byte {
	segments := len(body)/255 + 1
	if len(body)%255 == 0 && len(body) > 0 {
		segments--
	}
	table := bytes.Repeat([]byte{255}, segments)
	table[segments-1] = byte(len(body) - 255*(segments-1))
	return cat([]byte("OggS"), u8(0), u8(flags), le32(position), zeros(16), u8(segments), table, body)
}

// makeADTS: frames=3 channels=2. Flag: id3.
func makeADTS(r *recipe) File {
	const payload = 100
	channels := r.number("channels", 2)
	length := payload + 7
	frame := cat([]byte{0xFF, 0xF1, byte(0x4C | channels>>2), byte(channels&3<<6 | length>>11), byte(length >> 3), byte(length&7<<5 | 0x1F), 0xFC}, zeros(payload))
	return File{Head: cat(id3(r), bytes.Repeat(frame, r.number("frames", 3)))}
}

// makeMP3: frames=3 layer=3 id3 (or id3=N, the declared size of the tag). Flag: variable
// (a second bit rate).
func makeMP3(r *recipe) File {
	second := map[int]byte{3: 0xFB, 2: 0xFD, 1: 0xFF}[r.number("layer", 3)]
	frame := func(index byte) []byte {
		kilobits := map[byte]int{9: 128, 10: 160}[index]
		if second == 0xFD {
			kilobits = map[byte]int{9: 160, 10: 192}[index]
		}
		length := 144*kilobits*1000/44100 - 4
		return cat([]byte{0xFF, second, index << 4, 0x44}, zeros(length))
	}
	b := id3(r)
	for i := range r.number("frames", 3) {
		index := byte(9)
		if r.is("variable") && i%2 == 1 {
			index = 10
		}
		b = cat(b, frame(index))
	}
	return File{Head: b}
}

func id3(r *recipe) []byte {
	if !r.is("id3") {
		return nil
	}
	size := r.number("id3", 200)
	return cat([]byte("ID3\x04\x00\x00"), []byte{byte(size >> 21 & 0x7F), byte(size >> 14 & 0x7F), byte(size >> 7 & 0x7F), byte(size & 0x7F)}, zeros(min(size, 1000)))
}

// makeEBML: doctype=webm video=V_VP8 audio=A_OPUS.
func makeEBML(r *recipe) File {
	var tracks []byte
	for _, t := range []struct{ kind, codec string }{{"\x01", r.text("video", "")}, {"\x02", r.text("audio", "")}} {
		if t.codec != "" {
			tracks = cat(tracks, element("\xAE", cat(element("\x83", []byte(t.kind)), element("\x86", []byte(t.codec)))))
		}
	}
	return File{Head: cat(
		element("\x1A\x45\xDF\xA3", element("\x42\x82", []byte(r.text("doctype", "webm")))),
		element("\x18\x53\x80\x67", cat(element("\x16\x54\xAE\x6B", tracks), element("\x1F\x43\xB6\x75", zeros(100)))))}
}

func element(id string, body []byte) []byte {
	return cat([]byte(id), u16(0x4000|len(body)), body)
}
