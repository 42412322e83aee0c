package probe

// Promised names the type that Read will most likely find in a file, from its
// first bytes alone; empty where they do not tell. What is inside may still make
// it another type, or no file at all.
func Promised(head []byte) string {
	switch {
	case hasAt(head, 0, jpegMagic):
		return "image/jpeg"
	case hasAt(head, 0, pngMagic):
		return "image/png"
	case hasAt(head, 0, pdfMagic):
		return "application/pdf"
	case len(head) >= 12 && isISO(head) && hasAt(head, 4, "ftyp"):
		return promisedMovie(string(head[8:12]))
	}
	return ""
}

func promisedMovie(brand string) string {
	if isoImage(brand, nil) != "" {
		return ""
	}
	r := isoReader{brand: brand, movie: &Movie{}}
	if t := r.mediaType(); t == "video/mp4" {
		return t
	}
	return ""
}
