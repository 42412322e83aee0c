package preflighttest

import (
	"bytes"
	"strings"
)

// movie holds the settings of makeMP4.
type movie struct {
	brand          string
	video, audio   []string
	profile, level int
	chroma, depth  int
	colorDepth     int
	second         int
	handlerLast    bool
	bframes        bool
	fragmented     bool
	encrypted      bool
	rotated        bool
	noSPS          bool
	nested         bool
	subtitles      bool
	channels       int
	samples        int
	at             int // file offset of the first sample
}

// makeMP4: brand=isom video=h264[,…] audio=aac[,…] profile=77 chroma=1 depth=8
// colordepth=N (bit depth of chroma alone) second=N (bit depth of a second sample entry)
// channels=2 samples=4 bytes=N (pads mdat) fragments=N boxes=N (empty ones first).
// Flags: bframes, last (moov last), fragmented, init (no samples), encrypted, rotated,
// nosps, wide (64-bit sizes, free and wide boxes), nomoov, nested (boxes 40 deep),
// subtitles (one more track), handlerlast (after the sample tables).
func makeMP4(r *recipe) File {
	m := &movie{
		brand: r.text("brand", "isom"), profile: r.number("profile", 77), level: 30,
		chroma: r.number("chroma", 1), depth: r.number("depth", 8), channels: r.number("channels", 2),
		samples: r.number("samples", 4), bframes: r.is("bframes"), fragmented: r.is("fragmented"),
		encrypted: r.is("encrypted"), rotated: r.is("rotated"), noSPS: r.is("nosps"), nested: r.is("nested"), subtitles: r.is("subtitles"),
	}
	m.colorDepth, m.second, m.handlerLast = r.number("colordepth", m.depth), r.number("second", 0), r.is("handlerlast")
	m.video, m.audio = names(r.text("video", "")), names(r.text("audio", ""))
	front := cat(m.front(r.is("wide")), bytes.Repeat(box("free"), r.number("boxes", 0)))
	data := boxHeader("mdat", 0)
	if r.is("wide") {
		data = cat(u32(1), []byte("mdat"), u64(0))
	}
	last, total := r.is("last"), r.number("bytes", 0)
	m.at = len(front) + len(data)
	index := m.moov()
	if !last {
		m.at += len(index)
		index = m.moov()
	}
	if r.is("nomoov") {
		index = nil
	}
	length := max(m.samples*8*(len(m.video)+len(m.audio)), total-len(front)-len(data)-len(index))
	fragments := r.number("fragments", 0)
	switch {
	case r.is("init"):
		return File{Head: cat(front, index)}
	case fragments > 0:
		return File{Head: cat(front, index, bytes.Repeat(cat(m.moof(), box("mdat", zeros(length))), fragments))}
	case m.fragmented:
		front = cat(front, index, m.moof())
		index = nil
	}
	setSize(data, length)
	if last {
		return File{Head: cat(front, data), Gap: int64(length), Tail: index}
	}
	return File{Head: cat(front, index, data), Gap: int64(length)}
}

func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func (m *movie) front(wide bool) []byte {
	b := box("ftyp", []byte((m.brand + "    ")[:4]), u32(512), []byte("isomiso2mp41"))
	if wide {
		b = cat(b, box("free", zeros(100)), box("wide"))
	}
	return b
}

func box(name string, parts ...[]byte) []byte {
	body := cat(parts...)
	return cat(boxHeader(name, len(body)), body)
}

func boxHeader(name string, length int) []byte { return cat(u32(length+8), []byte(name)) }

// setSize writes a box's size into its header.
func setSize(header []byte, length int) {
	if len(header) == 16 {
		copy(header[8:], u64(length+16))
		return
	}
	copy(header, u32(length+8))
}

func nested(depth int) []byte {
	b := box("free")
	for range depth {
		b = box("mdia", b)
	}
	return box("trak", b)
}

// full returns a FullBox: one with version and flags.
func full(name string, version, flags int, parts ...[]byte) []byte {
	return box(name, u32(version<<24|flags), cat(parts...))
}

func (m *movie) moov() []byte {
	b := full("mvhd", 0, 0, zeros(8), u32(1000), u32(5000), zeros(80))
	id := 0
	for _, codec := range m.video {
		id++
		b = cat(b, m.track(id, "vide", codec))
	}
	for _, codec := range m.audio {
		id++
		b = cat(b, m.track(id, "soun", codec))
	}
	if m.subtitles {
		b = cat(b, m.track(id+1, "sbtl", "tx3g"))
	}
	if m.fragmented {
		b = cat(b, box("mvex", full("trex", 0, 0, u32(1), u32(1), zeros(12))))
	}
	if m.nested {
		b = cat(b, nested(40))
	}
	return box("moov", b)
}

// track returns a trak box. The codec "cover" is a single JPEG, shown during audio.
func (m *movie) track(id int, handler, codec string) []byte {
	matrix := cat(u32(0x10000), zeros(12), u32(0x10000), zeros(12), u32(0x40000000))
	if m.rotated {
		matrix = cat(u32(0), u32(0x10000), u32(0), u32(0xFFFF0000), zeros(16), u32(0x40000000))
	}
	header := full("tkhd", 0, 3, zeros(8), u32(id), zeros(4), u32(5000), zeros(16), matrix, u32(640<<16), u32(480<<16))
	samples := m.samples
	if codec == "cover" {
		codec, samples = "jpeg", 1
	}
	if m.fragmented {
		samples = 0
	}
	table := box("stbl", m.descriptions(handler, codec),
		full("stts", 0, 0, u32(0)), m.offsets(handler, samples),
		full("stsz", 0, 0, u32(8), u32(samples)), m.chunks(samples))
	before, after := full("hdlr", 0, 0, zeros(4), []byte(handler), zeros(13)), box("minf", table)
	if m.handlerLast {
		before, after = after, before
	}
	return box("trak", header, box("mdia", full("mdhd", 0, 0, zeros(8), u32(1000), u32(5000), zeros(4)), before, after))
}

func (m *movie) descriptions(handler, codec string) []byte {
	first := m.entry(handler, codec)
	if m.second == 0 {
		return full("stsd", 0, 0, u32(1), first)
	}
	other := *m
	other.depth, other.colorDepth = m.second, m.second
	return full("stsd", 0, 0, u32(2), first, other.entry(handler, codec))
}

// offsets returns ctts. Without B-frames all composition offsets are the same.
func (m *movie) offsets(handler string, samples int) []byte {
	if handler != "vide" || samples == 0 {
		return nil
	}
	var entries []byte
	for i := range samples {
		offset := 1024
		if m.bframes && i%2 == 1 {
			offset = 3072
		}
		entries = append(append(entries, u32(1)...), u32(offset)...)
	}
	return full("ctts", 0, 0, u32(samples), entries)
}

func (m *movie) chunks(samples int) []byte {
	if samples == 0 {
		return full("stco", 0, 0, u32(0))
	}
	return full("stco", 0, 0, u32(1), u32(m.at))
}

func (m *movie) moof() []byte {
	var entries []byte
	for i := range m.samples {
		offset := 1024
		if m.bframes && i%2 == 1 {
			offset = 3072
		}
		entries = append(append(entries, u32(8)...), u32(offset)...)
	}
	run := full("trun", 0, 0xA01, u32(m.samples), u32(0), entries)
	return box("moof", full("mfhd", 0, 0, u32(1)), box("traf", full("tfhd", 0, 0, u32(1)), run))
}
