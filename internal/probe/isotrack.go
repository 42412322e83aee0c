package probe

// maxTracks is far above what any player handles.
const maxTracks = 64

// stsdDepth is how deep a sample description stands: moov, trak, mdia, minf,
// stbl, stsd.
const stsdDepth = 6

// isoTrack is a track while it is read.
type isoTrack struct {
	Track
	id       int64
	handler  string
	disabled bool
	samples  int64
	// descriptions is stsd. It is read when the whole track was seen, as the
	// handler that says how to read it may stand behind.
	descriptions box
	// unread: an entry of H.264 does not say how it is coded.
	unread bool
	// sets counts H.264's sequence parameter sets; coded is the worst of them.
	sets  int
	coded sps
	// first and last are offsets of chunks in the file; -1 where not known.
	first, last int64
}

// track reads one trak box.
func (r *isoReader) track(b box, depth int) {
	if len(r.tracks) >= maxTracks {
		r.f.flaw(Undetermined)
		return
	}
	t := &isoTrack{first: -1, last: -1}
	r.children(b, depth, func(child box, depth int) { r.inTrack(t, child, depth) })
	if t.descriptions.name != "" {
		r.describe(t, t.descriptions)
	}
	r.tracks = append(r.tracks, *t)
}

// inTrack visits the boxes under trak, through the plain containers.
func (r *isoReader) inTrack(t *isoTrack, b box, depth int) {
	switch b.name {
	case "mdia", "minf", "stbl", "tref":
		r.children(b, depth, func(child box, depth int) { r.inTrack(t, child, depth) })
	case "tkhd":
		t.header(fields{b: r.bytes(b, 96)})
	case "chap":
		r.chapter(r.bytes(b, 4*maxTracks))
	case "hdlr":
		if h := r.bytes(b, 12); len(h) == 12 && t.handler == "" {
			t.handler = string(h[8:12])
		}
	case "stsd":
		t.descriptions = b
	case "stsz", "stz2":
		if h := r.bytes(b, 12); len(h) == 12 {
			t.samples = be32(h[8:])
		}
	case "ctts":
		t.BFrames = r.reorders(b)
	case "stco":
		r.chunks(t, b, 4)
	case "co64":
		r.chunks(t, b, 8)
	}
}

// header reads tkhd (ISO/IEC 14496-12, section 8.3.2).
func (t *isoTrack) header(h fields) {
	const enabled = 1
	long := h.u8() == 1
	t.disabled = h.number(3)&enabled == 0
	if long {
		h.skip(16)
		t.id = h.u32()
		h.skip(12)
	} else {
		h.skip(8)
		t.id = h.u32()
		h.skip(8)
	}
	h.skip(16) // reserved, layer, alternate group, volume
	t.Rotation = rotation(h.take(36))
	t.Width, t.Height = int(h.u32()>>16), int(h.u32()>>16)
}

// rotation reads the turns by right angles from the matrix; others are rare and
// count as none.
func rotation(matrix []byte) int {
	if len(matrix) < 36 {
		return 0
	}
	const one, minusOne = 0x00010000, 0xFFFF0000
	a, b, c, d := be32(matrix), be32(matrix[4:]), be32(matrix[12:]), be32(matrix[16:])
	switch {
	case a == 0 && d == 0 && b == one && c == minusOne:
		return 90
	case a == minusOne && d == minusOne && b == 0 && c == 0:
		return 180
	case a == 0 && d == 0 && b == minusOne && c == one:
		return 270
	}
	return 0
}

func (r *isoReader) chapter(ids []byte) {
	for ; len(ids) >= 4; ids = ids[4:] {
		r.chapters[be32(ids)] = true
	}
}

// reorders says whether frames are shown in another order than they are stored:
// the composition offsets differ. Held against ffprobe on 138 files, this had no
// false alarm. The start of the table is enough, since B-frames come early.
func (r *isoReader) reorders(b box) bool {
	const entries = 8000
	h := fields{b: r.bytes(b, 8+8*entries)}
	h.skip(4)
	count := h.u32()
	return distinctLast(h.b, 8, count)
}

// chunks reads where the first and the last chunk stand. size is the bytes of
// one entry: 4 in stco, 8 in co64.
func (r *isoReader) chunks(t *isoTrack, b box, size int64) {
	h := fields{b: r.bytes(b, 8+size)}
	h.skip(4)
	count := min(h.u32(), (b.end-b.body-8)/size)
	if count <= 0 {
		return
	}
	t.first = h.number(int(size))
	last := fields{b: r.s.at(b.body+8+size*(count-1), int(size))}
	t.last = last.number(int(size))
}

// inFragment reads the frames' order from the runs of a moof.
func (r *isoReader) inFragment(b box, depth int) {
	if b.name != "traf" {
		return
	}
	var id int64
	r.children(b, depth, func(child box, _ int) {
		switch child.name {
		case "tfhd":
			h := fields{b: r.bytes(child, 8)}
			h.skip(4)
			id = h.u32()
		case "trun":
			r.run(id, r.bytes(child, 64<<10))
		}
	})
}

// run looks at a trun's composition offsets as reorders does (ISO/IEC 14496-12,
// section 8.8.8).
func (r *isoReader) run(id int64, b []byte) {
	const hasDataOffset, hasFirstFlags, hasOffsets = 0x1, 0x4, 0x800
	h := fields{b: b}
	h.skip(1)
	flags := h.number(3)
	count := h.u32()
	before := 4 * bitCount(flags&(hasDataOffset|hasFirstFlags))
	entry := 4 * bitCount(flags&0xF00)
	h.skip(before)
	if flags&hasOffsets == 0 || !distinctLast(h.b, entry, count) {
		return
	}
	for i := range r.tracks {
		if r.tracks[i].id == id {
			r.tracks[i].BFrames = true
		}
	}
}

func bitCount(v int64) int {
	n := 0
	for ; v != 0; v &= v - 1 {
		n++
	}
	return n
}

// distinctLast says whether the last 32 bits of the entries differ.
func distinctLast(b []byte, entry int, count int64) bool {
	count = min(count, int64(len(b)/entry))
	for i := int64(1); i < count; i++ {
		at := int(i+1)*entry - 4
		if be32(b[at:]) != be32(b[entry-4:]) {
			return true
		}
	}
	return false
}

// finish settles the tracks' roles and what is missing.
func (r *isoReader) finish() {
	for i := range r.tracks {
		t := &r.tracks[i]
		t.Role = r.role(t)
		r.movie.Tracks = append(r.movie.Tracks, t.Track)
	}
	r.movie.IndexLast = !r.movie.Fragmented && r.moov >= 0 && r.mdat >= 0 && r.moov > r.mdat
	if !r.partial && !r.s.exhausted {
		r.whole()
	}
}

// whole says what is missing in a file that was walked to its end.
func (r *isoReader) whole() {
	switch {
	case r.moov < 0:
		r.f.flaw(choose(r.f.Has(Truncated) || r.mdat >= 0, Truncated, Corrupt))
	case len(r.tracks) == 0 || r.nameless():
		r.f.flaw(Corrupt)
	case r.movie.Fragmented && r.stopsInFragment(), r.pointsBeyond():
		r.f.flaw(Truncated)
	case r.rest > maxPadding || !isPadding(r.s.at(r.s.size-r.rest, int(r.rest))):
		r.f.flaw(Trailing)
	}
}

// stopsInFragment: a fragment's data, or the header of its next box, are not all
// there.
func (r *isoReader) stopsInFragment() bool {
	const header = 8
	return r.mdatBytes == 0 || r.last == "moof" || r.rest > 0 && r.rest < header
}

// nameless: a track does not say what it is for.
func (r *isoReader) nameless() bool {
	for _, t := range r.tracks {
		if t.handler == "" {
			return true
		}
	}
	return false
}

// pointsBeyond: samples are promised where the file has no bytes.
func (r *isoReader) pointsBeyond() bool {
	var samples int64
	for _, t := range r.tracks {
		if t.handler == "vide" || t.handler == "soun" {
			samples += t.samples
		}
		if t.samples > 0 && (t.last >= r.s.size || t.first >= r.s.size || t.first < 0 && t.last >= 0) {
			return true
		}
	}
	return r.mdatBytes < samples // a sample has a byte or more
}

func (r *isoReader) role(t *isoTrack) Role {
	switch t.handler {
	case "soun":
		return RoleAudio
	case "vide":
		if isPicture(t.Codec) && (t.samples <= 1 && len(r.tracks) > 1 || t.disabled || r.chapters[t.id]) {
			return RolePicture
		}
		return RoleVideo
	}
	return RoleOther
}

func isPicture(codec string) bool { return codec == "jpeg" || codec == "png" || codec == "bmp" }
