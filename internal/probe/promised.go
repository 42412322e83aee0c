package probe

import "bytes"

// Promised names the type that Read will most likely find in a file, from its
// first bytes alone; empty where they do not tell. What stands further in may
// still make it another type, or no file at all.
func Promised(head []byte) string {
	t := promisedMovie(head)
	if !isISO(head) {
		// What Read would say if the file ended there.
		t = Read(bytes.NewReader(head), int64(len(head))).Type
	}
	if !toldByBeginning(t) {
		return ""
	}
	return t
}

// promisedMovie goes by the brand alone. Where the list of tracks stands in front,
// its beginning may show the sound and not yet the film.
func promisedMovie(head []byte) string {
	if len(head) < 12 || !hasAt(head, 4, "ftyp") {
		return ""
	}
	r := isoReader{brand: string(head[8:12]), movie: &Movie{}}
	if t := isoImage(r.brand, nil); t != "" {
		return t
	}
	return r.mediaType()
}

// toldByBeginning lists what is known by its first bytes and may be large. Texts
// and office documents are known by what stands further in or at the end, and no
// sticker is larger than 500 KB (WebP).
func toldByBeginning(mediaType string) bool {
	switch mediaType {
	case "image/jpeg", "image/png", "application/pdf",
		"video/mp4", "video/3gpp",
		"audio/mp4", "audio/mpeg", "audio/aac", "audio/amr", "audio/ogg":
		return true
	}
	return false
}
