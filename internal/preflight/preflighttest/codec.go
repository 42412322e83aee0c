package preflighttest

// entry returns the sample entry of a codec.
func (m *movie) entry(handler, codec string) []byte {
	if handler == "vide" {
		return m.videoEntry(codec)
	}
	return m.audioEntry(codec)
}

func (m *movie) videoEntry(codec string) []byte {
	fixed := cat(zeros(24), u16(640), u16(480), zeros(50))
	extra := map[string][]byte{
		"h264": m.avcC(), "hevc": box("hvcC", zeros(23)), "av1": box("av1C", zeros(4)), "vp9": full("vpcC", 1, 0, zeros(8)),
		"mpeg4": esds(0x20, nil), "h263": box("d263", zeros(7)), "jpeg": nil, "png": nil,
	}[codec]
	format := map[string]string{
		"h264": "avc1", "hevc": "hvc1", "av1": "av01", "vp9": "vp09",
		"mpeg4": "mp4v", "h263": "s263", "jpeg": "jpeg", "png": "png ",
	}[codec]
	return m.protect("encv", format, fixed, extra)
}

// audioEntry returns an AudioSampleEntry. An unlisted codec gives an entry of that name
// without child boxes, such as mp4a without esds.
func (m *movie) audioEntry(codec string) []byte {
	fixed := cat(zeros(6), u16(1), zeros(8), u16(m.channels), u16(16), zeros(4), u32(48000<<16>>16<<16))
	extra := map[string][]byte{
		"aac": esds(0x40, u16(2<<11|3<<7|m.channels<<3)), "mp3": esds(0x6B, nil), "usac": esds(0x40, []byte{0xF9, 0x46, 0x20, 0}),
		"ac3": box("dac3", zeros(3)), "opus": box("dOps", zeros(11)), "alac": box("alac", zeros(28)),
		"pcm": nil, "amr": box("damr", zeros(9)), "amr-wb": box("damr", zeros(9)),
	}[codec]
	format := map[string]string{
		"aac": "mp4a", "mp3": "mp4a", "usac": "mp4a", "ac3": "ac-3", "opus": "Opus", "alac": "alac",
		"pcm": "sowt", "amr": "samr", "amr-wb": "sawb",
	}[codec]
	if format == "" {
		format = codec
	}
	return m.protect("enca", format, fixed, extra)
}

// protect wraps an entry as Common Encryption does (ISO/IEC 23001-7).
func (m *movie) protect(name, format string, fixed, extra []byte) []byte {
	if !m.encrypted {
		return box(format, fixed, extra)
	}
	scheme := box("sinf", box("frma", []byte(format)), full("schm", 0, 0, []byte("cenc"), u32(0x10000)))
	return box(name, fixed, extra, scheme)
}

// esds returns an esds box with an object type and an AudioSpecificConfig.
func esds(object int, specific []byte) []byte {
	config := cat(u8(object), zeros(12))
	if specific != nil {
		config = cat(config, descriptor(5, specific))
	}
	return full("esds", 0, 0, descriptor(3, cat(u16(1), u8(0), descriptor(4, config))))
}

func descriptor(tag int, body []byte) []byte {
	return cat(u8(tag), []byte{0x80, 0x80, 0x80}, u8(len(body)), body)
}

func (m *movie) avcC() []byte {
	if m.noSPS {
		return nil
	}
	sps := m.sps()
	return box("avcC", u8(1), u8(m.profile), u8(0), u8(m.level), u8(0xFF), u8(0xE1), u16(len(sps)), sps, u8(1), u16(4), zeros(4))
}

// sps returns a sequence parameter set of 640 x 480 pixels (ITU-T H.264, section
// 7.3.2.1.1).
func (m *movie) sps() []byte {
	w := &bitWriter{}
	w.expGolomb(0)
	if m.profile >= 100 {
		w.expGolomb(m.chroma)
		if m.chroma == 3 {
			w.write(0, 1)
		}
		w.expGolomb(m.depth - 8)
		w.expGolomb(m.colorDepth - 8)
		w.write(0, 2)
	}
	for _, v := range []int{0, 0, 0, 1} {
		w.expGolomb(v)
	}
	w.write(0, 1)
	w.expGolomb(39)
	w.expGolomb(29)
	w.write(0b11001, 5)
	return cat(u8(0x67), u8(m.profile), u8(0), u8(m.level), w.b)
}

// bitWriter writes the highest bit first.
type bitWriter struct {
	b    []byte
	used int
}

func (w *bitWriter) write(v, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.used%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.used/8] |= byte(v>>i&1) << (7 - w.used%8)
		w.used++
	}
}

// expGolomb writes an unsigned Exp-Golomb code.
func (w *bitWriter) expGolomb(v int) {
	n := 0
	for (v+1)>>(n+1) > 0 {
		n++
	}
	w.write(0, n)
	w.write(v+1, n+1)
}
