package probe

// amrHeader begins a file of AMR narrowband with one channel (RFC 4867, section 5.1).
const amrHeader = "#!AMR\n"

// readAMR reads the first frames. Players give up at the first one that is none.
func readAMR(s *source, _ []byte, f *Facts) {
	f.Type, f.Movie = "audio/amr", &Movie{}
	f.Movie.add(RoleAudio, "amr", 1)
	const mostFrames = 8
	offset, frames := int64(len(amrHeader)), 0
	for ; frames < mostFrames && offset < s.size; frames++ {
		length := amrFrame(s.at(offset, 1))
		if length == 0 {
			f.broken(s, offset+1)
			return
		}
		if offset += length; offset > s.size {
			break
		}
	}
	if frames == 0 {
		s.endsEarly(f)
	}
}

// amrFrame gives a frame's length in bytes with its header (RFC 4867, section
// 5.3; 3GPP TS 26.101, table 2), 0 where the header is none.
func amrFrame(header []byte) int64 {
	const padding = 0x83
	if len(header) == 0 || header[0]&padding != 0 {
		return 0
	}
	return amrLengths[header[0]>>3&15]
}

var amrLengths = [16]int64{0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
