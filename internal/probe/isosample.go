package probe

// describe reads the entries of stsd. A player must handle all, so of several
// the worst is kept.
func (r *isoReader) describe(t *isoTrack, stsd box) {
	stsd.body += 8
	n := 0
	r.children(stsd, stsdDepth, func(entry box, depth int) {
		const maxEntries = 8
		if n++; n > maxEntries {
			r.f.flaw(Undetermined)
			return
		}
		before := t.Codec
		r.description(t, entry, depth)
		if n > 1 {
			t.Codec = worseCodec(before, t.Codec)
		}
	})
	if t.unread && t.coded.rarity() == 0 {
		t.Profile = 0
	}
}

// worseCodec joins two entries' codecs. One that could not be read hides behind
// one that every player refuses, and behind no other.
func worseCodec(a, b string) string {
	switch {
	case a == b:
		return a
	case a != "" && b != "":
		return "mixed"
	case a+b == "h264" || a+b == "aac":
		return ""
	}
	return a + b
}

// description reads an entry by its track's handler. What is protected is told
// by its own name, whatever the handler claims.
func (r *isoReader) description(t *isoTrack, entry box, depth int) {
	t.Codec = codecOf(entry.name)
	before := t.sets
	switch entry.name {
	case "encv", "drmi":
		t.handler, t.Encrypted = "vide", true
	case "enca", "drms":
		t.handler, t.Encrypted = "soun", true
	}
	switch t.handler {
	case "vide":
		r.videoEntry(t, entry, depth)
	case "soun":
		r.audioEntry(t, entry, depth)
	}
	t.unread = t.unread || t.Codec == "h264" && t.sets == before
}

// codecOf gives the short name of a sample entry's format (the register at
// mp4ra.org). One that is not listed is its own name.
func codecOf(format string) string {
	if name, ok := isoCodecs[format]; ok {
		return name
	}
	return format
}

var isoCodecs = map[string]string{
	"avc1": "h264", "avc2": "h264", "avc3": "h264", "avc4": "h264",
	"hvc1": "hevc", "hev1": "hevc", "dvh1": "hevc", "dvhe": "hevc", "hvc2": "hevc",
	"vvc1": "vvc", "vvi1": "vvc", "av01": "av1", "vp08": "vp8", "vp09": "vp9",
	"mp4v": "mpeg4", "s263": "h263", "h263": "h263", "H263": "h263",
	"jpeg": "jpeg", "mjpa": "mjpeg", "mjpb": "mjpeg", "png ": "png", "BMP ": "bmp",
	"apch": "prores", "apcn": "prores", "apcs": "prores", "apco": "prores", "ap4h": "prores", "ap4x": "prores",
	"encv": "", "enca": "", "drmi": "", "drms": "",
	"mp4a": "", "ac-3": "ac3", "ec-3": "eac3", "ac-4": "ac4", "Opus": "opus", "alac": "alac", "fLaC": "flac",
	"samr": "amr", "sawb": "amr-wb", "sowt": "pcm", "twos": "pcm", "lpcm": "pcm", "ipcm": "pcm", "fpcm": "pcm",
	"in24": "pcm", "in32": "pcm", "fl32": "pcm", "fl64": "pcm", "raw ": "pcm", "NONE": "pcm",
	"ulaw": "pcm-ulaw", "alaw": "pcm-alaw", ".mp3": "mp3", "dtsc": "dts", "dtsh": "dts", "dtse": "dts",
	"sqcp": "qcelp", "sevc": "evrc",
}

// videoEntry reads a VisualSampleEntry (ISO/IEC 14496-12, section 12.1.3).
func (r *isoReader) videoEntry(t *isoTrack, entry box, depth int) {
	const fixed = 78
	h := fields{b: r.bytes(entry, fixed)}
	h.skip(24)
	if width, height := h.u16(), h.u16(); width > 0 && height > 0 {
		t.Width, t.Height = width, height
	}
	entry.body += fixed
	r.children(entry, depth, func(b box, depth int) { r.inEntry(t, b, depth) })
}

// audioEntry reads an AudioSampleEntry, with QuickTime's two longer forms.
func (r *isoReader) audioEntry(t *isoTrack, entry box, depth int) {
	h := fields{b: r.bytes(entry, 64)}
	h.skip(8)
	version := h.u16()
	h.skip(6)
	t.Channels = h.u16()
	fixed := int64(28)
	switch version {
	case 1:
		fixed += 16
	case 2:
		h.skip(22)
		t.Channels = int(h.u32())
		fixed += 36
	}
	entry.body += fixed
	r.children(entry, depth, func(b box, depth int) { r.inEntry(t, b, depth) })
}

// inEntry visits the boxes that say more of a codec.
func (r *isoReader) inEntry(t *isoTrack, b box, depth int) {
	switch b.name {
	case "avcC":
		t.avc(r.bytes(b, 4096))
	case "esds":
		t.elementary(r.bytes(b, 1024))
	case "wave", "schi":
		r.children(b, depth, func(child box, depth int) { r.inEntry(t, child, depth) })
	case "sinf":
		t.Encrypted = true
		r.children(b, depth, func(child box, depth int) { r.inEntry(t, child, depth) })
	case "frma":
		if h := r.bytes(b, 4); len(h) == 4 && t.Codec == "" {
			t.Codec = codecOf(string(h))
		}
	}
}
