package probe

import (
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/probe/input"
)

// EBML and Matroska element IDs (RFC 8794, RFC 9559).
const (
	ebmlHeader   = 0x1A45DFA3
	ebmlDocType  = 0x4282
	mkvSegment   = 0x18538067
	mkvTracks    = 0x1654AE6B
	mkvTrack     = 0xAE
	mkvTrackType = 0x83
	mkvCodec     = 0x86
	mkvAudio     = 0xE1
	mkvChannels  = 0x9F
	mkvCluster   = 0x1F43B675
)

// maxElements bounds the walk; far fewer elements precede the first cluster.
const maxElements = 2000

type mkvReader struct {
	file     *input.File
	f        *Facts
	elements int
	track    *Track // the track being read; nil outside a track
}

// readMatroska reads the document type and the tracks' codecs. Muxers write both
// before the first cluster.
func readMatroska(file *input.File, _ []byte, f *Facts) {
	f.Type, f.Movie = "video/matroska", &Movie{}
	r := &mkvReader{file: file, f: f}
	r.walk(0, file.Size(), 0)
	if len(f.Movie.Of(RoleVideo)) == 0 && len(f.Movie.Of(RoleAudio)) > 0 {
		f.Type = strings.Replace(f.Type, "video/", "audio/", 1)
	}
}

func (r *mkvReader) walk(offset, end int64, depth int) {
	for offset < end && depth < maxDepth {
		if r.elements++; r.elements > maxElements {
			return
		}
		id, idBytes := readVint(r.file.At(offset, 8), false)
		size, sizeBytes := readVint(r.file.At(offset+int64(idBytes), 8), true)
		if idBytes == 0 || sizeBytes == 0 || id == mkvCluster {
			return
		}
		body := offset + int64(idBytes+sizeBytes)
		next := end
		if size >= 0 && size <= end-body {
			next = body + size
		}
		r.element(id, body, next, depth)
		offset = next
	}
}

func (r *mkvReader) element(id, body, end int64, depth int) {
	switch id {
	case ebmlHeader, mkvSegment, mkvTracks, mkvAudio:
		r.walk(body, end, depth+1)
	case mkvTrack:
		r.newTrack(body, end, depth)
	case ebmlDocType:
		if string(r.file.At(body, int(min(end-body, 4)))) == "webm" {
			r.f.Type = "video/webm"
		}
	default:
		if r.track != nil {
			r.trackElement(id, r.file.At(body, int(min(end-body, 64))))
		}
	}
}

// newTrack reads one track. A track nested in a track, which is invalid, does not
// change the outer one.
func (r *mkvReader) newTrack(body, end int64, depth int) {
	outer, track := r.track, &Track{Role: RoleOther}
	r.track = track
	r.walk(body, end, depth+1)
	r.f.Movie.Tracks = append(r.f.Movie.Tracks, *track)
	r.track = outer
}

func (r *mkvReader) trackElement(id int64, b []byte) {
	switch id {
	case mkvTrackType:
		r.track.Role = mkvRole(b)
	case mkvCodec:
		r.track.Codec = mkvCodecName(strings.TrimRight(string(b), "\x00"))
	case mkvChannels:
		if len(b) == 1 {
			r.track.Channels = int(b[0])
		}
	}
}

func mkvRole(b []byte) Role {
	if len(b) == 1 && b[0] == 1 {
		return RoleVideo
	}
	if len(b) == 1 && b[0] == 2 {
		return RoleAudio
	}
	return RoleOther
}

// mkvCodecName turns a codec ID such as "V_MPEG4/ISO/AVC" into a short name.
func mkvCodecName(id string) string {
	switch {
	case strings.HasPrefix(id, "V_MPEG4/ISO/AVC"):
		return "h264"
	case strings.HasPrefix(id, "V_MPEGH/ISO/HEVC"):
		return "hevc"
	case strings.HasPrefix(id, "V_MPEG4"):
		return "mpeg4"
	case strings.HasPrefix(id, "A_PCM"):
		return "pcm"
	case id == "A_MPEG/L3":
		return "mp3"
	}
	_, name, _ := strings.Cut(id, "_")
	return media.Lower(name)
}

// readVint reads an EBML variable-size integer of one to eight bytes; n is its
// length, 0 if it is invalid. unmark removes the length marker, as sizes need; an
// unknown size, with all bits set, is returned as -1.
func readVint(b []byte, unmark bool) (v int64, n int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n = 1
	for b[0]<<(n-1)&0x80 == 0 {
		n++
	}
	if n > len(b) {
		return 0, 0
	}
	h := input.Fields{B: b}
	v = h.Number(n)
	if unmark {
		v &= 1<<(7*n) - 1
		if v == 1<<(7*n)-1 {
			v = -1
		}
	}
	return v, n
}
