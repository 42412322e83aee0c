package probe

import "mediarelay/internal/probe/input"

// sampleDescriptions reads the sample entries of stsd. A player must handle all of
// them, so the track takes the values of the worst.
func (r *isoReader) sampleDescriptions(t *isoTrack, stsd box) {
	stsd.body += 8
	n := 0
	r.children(stsd, stsdDepth, func(entry box, depth int) {
		const maxEntries = 8
		if n++; n > maxEntries {
			r.f.addFlaw(Undetermined)
			return
		}
		before := t.Codec
		r.sampleEntry(t, entry, depth)
		if n > 1 {
			t.Codec = worseCodec(before, t.Codec)
		}
	})
	if t.missingSPS && t.worst.rarity() == 0 {
		t.Profile = 0
	}
}

// worseCodec combines the codecs of two entries. Together with a codec that is
// accepted, an unknown one makes the track unknown; with one that is refused anyway
// it does not matter.
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

// sampleEntry reads an entry according to its track's handler. The name of a
// protected entry overrides the handler.
func (r *isoReader) sampleEntry(t *isoTrack, entry box, depth int) {
	t.Codec = codecOf(entry.name)
	before := t.parameterSets
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
	t.missingSPS = t.missingSPS || t.Codec == "h264" && t.parameterSets == before
}

// codecOf returns the short codec name of a sample entry format (registry at
// mp4ra.org), or the format itself if it is not listed.
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
	h := input.Fields{B: r.body(entry, fixed)}
	h.Skip(24)
	if width, height := h.U16(), h.U16(); width > 0 && height > 0 {
		t.Width, t.Height = width, height
	}
	entry.body += fixed
	r.children(entry, depth, func(b box, depth int) { r.visitEntry(t, b, depth) })
}

// audioEntry reads an AudioSampleEntry, with QuickTime's two longer forms.
func (r *isoReader) audioEntry(t *isoTrack, entry box, depth int) {
	h := input.Fields{B: r.body(entry, 64)}
	h.Skip(8)
	version := h.U16()
	h.Skip(6)
	t.Channels = h.U16()
	fixed := int64(28)
	switch version {
	case 1:
		fixed += 16
	case 2:
		h.Skip(22)
		t.Channels = int(h.U32())
		fixed += 36
	}
	entry.body += fixed
	r.children(entry, depth, func(b box, depth int) { r.visitEntry(t, b, depth) })
}

// visitEntry visits the boxes in a sample entry that describe its codec.
func (r *isoReader) visitEntry(t *isoTrack, b box, depth int) {
	switch b.name {
	case "avcC":
		t.avc(r.body(b, 4096))
	case "esds":
		t.elementary(r.body(b, 1024))
	case "wave", "schi":
		r.children(b, depth, func(child box, depth int) { r.visitEntry(t, child, depth) })
	case "sinf":
		t.Encrypted = true
		r.children(b, depth, func(child box, depth int) { r.visitEntry(t, child, depth) })
	case "frma":
		if h := r.body(b, 4); len(h) == 4 && t.Codec == "" {
			t.Codec = codecOf(string(h))
		}
	}
}
