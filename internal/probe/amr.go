package probe

import "mediarelay/internal/probe/input"

// amrHeader is the magic number of single-channel AMR-NB (RFC 4867, section 5.1).
const amrHeader = "#!AMR\n"

// readAMR checks the first frames. Players stop at the first invalid one.
func readAMR(file *input.File, _ []byte, f *Facts) {
	f.Type, f.Movie = "audio/amr", &Movie{}
	f.Movie.addTrack(RoleAudio, "amr", 1)
	const mostFrames = 8
	offset, frames := int64(len(amrHeader)), 0
	for ; frames < mostFrames && offset < file.Size(); frames++ {
		length := amrFrame(file.At(offset, 1))
		if length == 0 {
			f.malformed(file, offset+1)
			return
		}
		if offset += length; offset > file.Size() {
			break
		}
	}
	if frames == 0 {
		f.endsEarly(file)
	}
}

// amrFrame returns a frame's length in bytes with its header (RFC 4867, section 5.3;
// 3GPP TS 26.101, table 2); 0 if the header is invalid.
func amrFrame(header []byte) int64 {
	const padding = 0x83
	if len(header) == 0 || header[0]&padding != 0 {
		return 0
	}
	return amrLengths[header[0]>>3&15]
}

var amrLengths = [16]int64{0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
