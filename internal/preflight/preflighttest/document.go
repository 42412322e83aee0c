package preflighttest

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"unicode/utf16"
)

// makeZip: main=CONTENT-TYPE writes an Office archive with that main part;
// also=CONTENT-TYPE adds a second part, comment=CONTENT-TYPE one in a comment;
// code=utf-16le sets the encoding of the manifest; mimetype=TYPE writes an OpenDocument
// archive; entry=NAME adds an entry, entries=N empty ones, bytes=N a stored one of N
// bytes. Flags: late (the manifest is the last entry), stored, zip64 (the offset of the
// manifest is in the extra field).
func makeZip(r *recipe) File {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	method := zip.Deflate
	if r.is("stored") {
		method = zip.Store
	}
	add := func(h zip.FileHeader, text string) {
		entry, err := w.CreateHeader(&h)
		if err == nil {
			_, err = entry.Write([]byte(text))
		}
		r.err = firstOf(r.err, err)
	}
	if t := r.text("mimetype", ""); t != "" {
		add(zip.FileHeader{Name: "mimetype", Method: zip.Store}, t)
	}
	manifest, late := manifestOf(r), r.is("late")
	header := zip.FileHeader{Name: "[Content_Types].xml", Method: method}
	if r.is("zip64") {
		header.Extra = cat(le16(1), le16(8), zeros(8))
	}
	if manifest != "" && !late {
		add(header, manifest)
	}
	if name := r.text("entry", ""); name != "" {
		add(zip.FileHeader{Name: name, Method: method}, strings.Repeat("content ", 2000))
	}
	if n := r.number("bytes", 0); n > 0 {
		add(zip.FileHeader{Name: "media/picture.jpg", Method: zip.Store}, string(zeros(n)))
	}
	for range r.number("entries", 0) {
		add(zip.FileHeader{Name: "x", Method: zip.Store}, "")
	}
	if manifest != "" && late {
		add(header, manifest)
	}
	r.err = firstOf(r.err, w.Close())
	if len(header.Extra) > 0 {
		moveOffsetToExtra(out.Bytes(), header)
	}
	return File{Head: out.Bytes()}
}

func manifestOf(r *recipe) string {
	main, also, comment, code := r.text("main", ""), r.text("also", ""), r.text("comment", ""), r.text("code", "utf-8")
	if main == "" {
		return ""
	}
	text := `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`
	if comment != "" {
		text += `<!-- <Override ContentType="` + comment + `"/> -->`
	}
	text += `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/main.xml" ContentType="` + main + `"/>`
	if also != "" {
		text += `<Override PartName="/also.bin" ContentType="` + also + `"/>`
	}
	text += `</Types>`
	if code == "utf-16le" {
		text = string(wide(text, le16))
	}
	return text
}

// moveOffsetToExtra moves an entry's offset into the extra field of the directory.
func moveOffsetToExtra(archive []byte, h zip.FileHeader) {
	name := bytes.LastIndex(archive, []byte(h.Name))
	offset := archive[name-4 : name]
	copy(archive[name+len(h.Name)+4:], offset)
	copy(offset, le32(0xFFFFFFFF))
}

// makeOLE: stream=NAME[,NAME] writes a compound file with these streams, of 4096 bytes;
// inner=NAME adds a stream in a storage. Flags: word (sets fEncrypted of a Word document),
// book (a FilePass record), short (the stream's data is missing), far (directory and FAT
// follow 7 MB of nothing and are listed outside the header; the streams are in the
// second sector of the directory).
func makeOLE(r *recipe) File {
	const sector, free, end, isFAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
	far := r.is("far")
	place := oleLayout(far)
	header := cat([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), zeros(16), le16(0x3E), le16(3), []byte{0xFE, 0xFF}, le16(9), le16(6),
		zeros(6), le32(0), le32(1), le32(place.directory), le32(0), le32(4096), le32(end), le32(0), le32(place.lists), le32(place.count))
	fat := bytes.Repeat(le32(free), place.skipped)
	if !far {
		header, fat = cat(header, le32(0)), cat(fat, le32(isFAT))
	}
	header = cat(header, bytes.Repeat(le32(free), (sector-len(header))/4))
	for i := 1; i < place.sectors; i++ {
		fat = cat(fat, le32(place.directory+i))
	}
	fat = cat(fat, le32(end))
	for i := range 7 {
		fat = cat(fat, le32(place.directory+place.sectors+i+1))
	}
	fat = cat(fat, le32(end))
	fat = cat(fat, bytes.Repeat(le32(free), sector/4-len(fat)/4))
	data := oleData(r)
	body := cat(oleDirectory(r, place), data)
	if !far {
		return File{Head: cat(header, fat, body)}
	}
	lists := cat(le32(place.directory-1), bytes.Repeat(le32(free), sector/4-2), le32(end))
	return File{Head: header, Gap: int64(sector * place.lists), Tail: cat(lists, fat, body)}
}

// oleParts holds the positions of the parts of a compound file, in sectors.
type oleParts struct {
	directory, sectors int // first sector and number of sectors of the directory
	lists, count       int // first DIFAT sector and number of them
	skipped            int // FAT entries before those of the directory
}

// oleLayout: FAT sector 109 describes sector 14000. It is the first that the header does
// not list.
func oleLayout(far bool) oleParts {
	if far {
		return oleParts{directory: 14000, sectors: 2, lists: 13998, count: 1, skipped: 14000 - 109*128}
	}
	return oleParts{directory: 1, sectors: 1, lists: 0xFFFFFFFE}
}

func oleData(r *recipe) []byte {
	data := zeros(4096)
	if r.is("word") {
		copy(data[10:], le16(0x0100))
	}
	if r.is("book") {
		copy(data, cat(le16(0x809), le16(4), zeros(4), le16(0x2F), le16(2), zeros(2)))
	}
	if r.is("short") {
		return nil
	}
	return data
}

// oleDirectory links the children of the root to their right siblings.
func oleDirectory(r *recipe, place oleParts) []byte {
	const none, entry, perSector = 0xFFFFFFFF, 128, 4
	const storage, stream, root = 1, 2, 5
	start := place.directory + place.sectors
	names := strings.Split(r.text("stream", "WordDocument"), ",")
	if place.sectors > 1 {
		names = append([]string{"a", "b", "c"}, names...)
	}
	all := oleEntry("Root Entry", root, oleLinks{none, 1}, 0xFFFFFFFE, 0)
	for i, name := range names {
		right := i + 2
		if i+1 == len(names) && r.text("inner", "") == "" {
			right = none
		}
		all = cat(all, oleEntry(name, stream, oleLinks{right, none}, start, 4096))
	}
	if inner := r.text("inner", ""); inner != "" {
		all = cat(all, oleEntry("MBD0001", storage, oleLinks{none, len(names) + 2}, 0, 0), oleEntry(inner, stream, oleLinks{none, none}, start, 4096))
	}
	return cat(all, zeros(entry*perSector*place.sectors-len(all)))
}

type oleLinks struct{ right, child int }

func oleEntry(name string, kind int, links oleLinks, start, size int) []byte {
	var wide []byte
	for _, c := range utf16.Encode([]rune(name)) {
		wide = cat(wide, le16(int(c)))
	}
	return cat(wide, zeros(64-len(wide)), le16(len(wide)+2), u8(kind), u8(1), le32(0xFFFFFFFF), le32(links.right), le32(links.child),
		zeros(36), le32(start), le32(size), zeros(4))
}

// makePDF: extra=TEXT goes into the catalogue, trailer=TEXT into the trailer,
// packed=TEXT into an object stream, far=TEXT into an object that is the catalogue's
// OpenAction and at least sides=N bytes from either end; bytes=N pads by a comment. The
// flag noend omits the end marker.
func makePDF(r *recipe) File {
	sides := r.number("sides", 400<<10)
	head := []byte("%PDF-1.7\n")
	catalogue := "1 0 obj\n<< /Type /Catalog " + r.text("extra", "") + " >>\nendobj\n"
	tail := []byte("\ntrailer\n<< /Root 1 0 R " + r.text("trailer", "") + " >>\nstartxref\n0\n")
	if far := r.text("far", ""); far != "" {
		catalogue = strings.Replace(catalogue, ">>", "/OpenAction 2 0 R >>", 1)
		action := "2 0 obj\n<< " + far + " >>\nendobj\n%"
		start := max(sides, r.number("bytes", 0)-2*sides)
		table := start + len(catalogue) + len(action) + sides
		index := fmt.Sprintf("\nxref\n0 3\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n",
			start, start+len(catalogue), table+1)
		return File{Head: cat(head, []byte("%")), Gap: int64(start - len(head) - 1), Tail: cat([]byte(catalogue), []byte(action), zeros(sides), []byte(index))}
	}
	head = cat(head, []byte(catalogue), pdfObjects(r), []byte("%"))
	if !r.is("noend") {
		tail = append(tail, "%%EOF\n"...)
	}
	gap := max(0, r.number("bytes", 0)-len(head)-len(tail))
	return File{Head: head, Gap: int64(gap), Tail: tail}
}

func pdfObjects(r *recipe) []byte {
	text := r.text("packed", "")
	if text == "" {
		return nil
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, err := w.Write([]byte("5 0 << " + text + " >>"))
	r.err = firstOf(r.err, err, w.Close())
	return cat([]byte("4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n"), packed.Bytes(), []byte("\nendstream\nendobj\n"))
}

// makeText: text=TEXT repeated times=N, encoded as
// code=utf-8|utf-16le|utf-16be|latin-1.
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

// wide encodes text as UTF-16 with a byte order mark.
func wide(text string, unit func(int) []byte) []byte {
	b := unit(0xFEFF)
	for _, c := range utf16.Encode([]rune(text)) {
		b = cat(b, unit(int(c)))
	}
	return b
}

// makeBytes: text=TEXT, quoted like in Go, then zeros up to bytes=N.
func makeBytes(r *recipe) File {
	head := []byte(r.text("text", ""))
	return File{Head: head, Gap: int64(max(0, r.number("bytes", 0)-len(head)))}
}
