package probe

import "mediarelay/internal/probe/input"

// trimSamsungTrailer removes from tail, the end of a file, what Samsung cameras append
// to a photo (ExifTool, Samsung trailer tags): data blocks, a directory with the
// distance from the directory back to each block, the length of the directory, and
// the signature SEFT. Bytes that the directory does not list remain, as does a trailer
// longer than tail, such as one with a video.
func trimSamsungTrailer(tail []byte) []byte {
	const footer, header, entry = 8, 12, 12
	end := int64(len(tail)) - footer
	if end < 0 || !hasAt(tail, int(end)+4, "SEFT") {
		return tail
	}
	directory := end - input.LE32(tail[end:])
	if directory < 0 || directory > end-header || !hasAt(tail, int(directory), "SEFH") {
		return tail
	}
	first := directory
	for b := tail[directory+header : end]; len(b) >= entry; b = b[entry:] {
		first = min(first, directory-input.LE32(b[4:]))
	}
	if first < 0 {
		return tail
	}
	return tail[:first]
}
