package probe

// withoutSamsung takes off what Samsung's cameras write behind a photo: blocks of
// data, a directory with each block's distance back from it, and the directory's
// length in front of the last four letters (ExifTool, Samsung trailer tags). What
// the directory does not own stays, and so does a trailer that is longer than
// tail, such as one that holds a film.
func withoutSamsung(tail []byte) []byte {
	const foot, header, entry = 8, 12, 12
	end := int64(len(tail)) - foot
	if end < 0 || !hasAt(tail, int(end)+4, "SEFT") {
		return tail
	}
	directory := end - le32(tail[end:])
	if directory < 0 || directory > end-header || !hasAt(tail, int(directory), "SEFH") {
		return tail
	}
	first := directory
	for b := tail[directory+header : end]; len(b) >= entry; b = b[entry:] {
		first = min(first, directory-le32(b[4:]))
	}
	if first < 0 {
		return tail
	}
	return tail[:first]
}
