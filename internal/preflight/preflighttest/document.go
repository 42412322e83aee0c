package preflighttest

import (
	"archive/zip"
	"bytes"
	"strings"
	"unicode/utf16"
)

// makeZip: main=CONTENT-TYPE writes an Office archive with that main part;
// mimetype=TYPE an OpenDocument one; entry=NAME adds an entry; entries=N many
// empty ones; bytes=N one that is stored. Words: late (the manifest comes last), stored.
func makeZip(r *recipe) File {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	method := zip.Deflate
	if r.is("stored") {
		method = zip.Store
	}
	add := func(name, text string, method uint16) {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = entry.Write([]byte(text))
		}
		r.err = firstOf(r.err, err)
	}
	if t := r.text("mimetype", ""); t != "" {
		add("mimetype", t, zip.Store)
	}
	main, late := r.text("main", ""), r.is("late")
	manifest := `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/main.xml" ContentType="` + main + `"/></Types>`
	if main != "" && !late {
		add("[Content_Types].xml", manifest, method)
	}
	if name := r.text("entry", ""); name != "" {
		add(name, strings.Repeat("content ", 2000), method)
	}
	if n := r.number("bytes", 0); n > 0 {
		add("media/picture.jpg", string(zeros(n)), zip.Store)
	}
	for range r.number("entries", 0) {
		add("x", "", zip.Store)
	}
	if main != "" && late {
		add("[Content_Types].xml", manifest, method)
	}
	r.err = firstOf(r.err, w.Close())
	return File{Head: out.Bytes()}
}

// makeOLE: stream=NAME[,NAME] of a compound file of one directory sector, where
// the first stream has 4096 bytes. Words: word (sets the flag that Word sets with
// a password), book (a FilePass record), short (the stream is not all there).
func makeOLE(r *recipe) File {
	const sector, free, end, isFAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
	header := cat([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), zeros(16), le16(0x3E), le16(3), []byte{0xFE, 0xFF}, le16(9), le16(6),
		zeros(6), le32(0), le32(1), le32(1), le32(0), le32(4096), le32(end), le32(0), le32(end), le32(0), le32(0), bytes.Repeat(le32(free), 108))
	fat := cat(le32(isFAT), le32(end))
	for i := range 7 {
		fat = cat(fat, le32(i+3))
	}
	fat = cat(fat, le32(end))
	fat = cat(fat, bytes.Repeat(le32(free), 128-len(fat)/4))
	directory := oleEntry("Root Entry", 5, end, 0)
	for _, name := range strings.Split(r.text("stream", "WordDocument"), ",") {
		directory = cat(directory, oleEntry(name, 2, 2, 4096))
	}
	directory = cat(directory, zeros(sector-len(directory)))
	data := zeros(4096)
	if r.is("word") {
		copy(data[10:], le16(0x0100))
	}
	if r.is("book") {
		copy(data, cat(le16(0x809), le16(4), zeros(4), le16(0x2F), le16(2), zeros(2)))
	}
	if r.is("short") {
		data = nil
	}
	return File{Head: cat(header, fat, directory, data)}
}

func oleEntry(name string, kind, start, size int) []byte {
	var wide []byte
	for _, c := range utf16.Encode([]rune(name)) {
		wide = cat(wide, le16(int(c)))
	}
	return cat(wide, zeros(64-len(wide)), le16(len(wide)+2), u8(kind), zeros(49), le32(start), le32(size), zeros(4))
}

// makePDF: extra=TEXT stands in the catalogue, trailer=TEXT in the trailer,
// bytes=N grows a comment. The word noend leaves the end mark out.
func makePDF(r *recipe) File {
	head := []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + r.text("extra", "") + " >>\nendobj\n%")
	tail := []byte("\ntrailer\n<< /Root 1 0 R " + r.text("trailer", "") + " >>\nstartxref\n0\n")
	if !r.is("noend") {
		tail = append(tail, "%%EOF\n"...)
	}
	gap := max(0, r.number("bytes", 0)-len(head)-len(tail))
	return File{Head: head, Gap: int64(gap), Tail: tail}
}

// makeText: text=TEXT times=N code=utf-8|utf-16le|utf-16be|latin-1.
func makeText(r *recipe) File {
	text := strings.Repeat(r.text("text", "Hello.\n"), r.number("times", 1))
	switch r.text("code", "utf-8") {
	case "utf-16le":
		return File{Head: wide(text, le16)}
	case "utf-16be":
		return File{Head: wide(text, u16)}
	case "latin-1":
		var b []byte
		for _, c := range text {
			b = append(b, byte(c))
		}
		return File{Head: b}
	}
	return File{Head: []byte(text)}
}

func wide(text string, unit func(int) []byte) []byte {
	b := unit(0xFEFF)
	for _, c := range utf16.Encode([]rune(text)) {
		b = cat(b, unit(int(c)))
	}
	return b
}

// makeBytes: text=TEXT as Go quotes it, then zeros up to bytes=N.
func makeBytes(r *recipe) File {
	head := []byte(r.text("text", ""))
	return File{Head: head, Gap: int64(max(0, r.number("bytes", 0)-len(head)))}
}
