package probe

import "bytes"

// GuessType names the type that Read will most likely find, given only the file's
// first bytes; empty if they do not tell. Later bytes may still show another type or
// a damaged file.
func GuessType(head []byte) string {
	t := guessMovie(head)
	if !isISO(head) {
		// What Read finds in a file that ends here.
		t = Read(bytes.NewReader(head), int64(len(head))).Type
	}
	if !identifiedByHead(t) {
		return ""
	}
	return t
}

// guessMovie uses the brand alone. In a file whose index comes first, the head may
// contain the audio track and not yet the video track.
func guessMovie(head []byte) string {
	if len(head) < 12 || !hasAt(head, 4, "ftyp") {
		return ""
	}
	r := isoReader{brand: string(head[8:12]), movie: &Movie{}}
	if t := isobmffImageType(r.brand, nil); t != "" {
		return t
	}
	return r.mediaType()
}

// identifiedByHead lists types that the head identifies and whose files may be
// large. Text and office documents need bytes from the middle or the end, and a
// sticker (WebP) has at most 500 KB.
func identifiedByHead(mediaType string) bool {
	switch mediaType {
	case "image/jpeg", "image/png", "application/pdf",
		"video/mp4", "video/3gpp",
		"audio/mp4", "audio/mpeg", "audio/aac", "audio/amr", "audio/ogg":
		return true
	}
	return false
}
