package probe

import (
	"bytes"

	"mediarelay/internal/probe/inflate"
	"mediarelay/internal/probe/input"
)

// pdfSearch is how many bytes readers search for the header (ISO 32000-1, annex
// H.3.4.1).
const pdfSearch = 1024

// hasPDFHeader finds a header within the first 1024 bytes, where readers accept it. It
// is tried after archives and compound files, which may contain a PDF there.
func hasPDFHeader(head []byte) bool {
	return bytes.Contains(head[:min(len(head), pdfSearch)], []byte(pdfMagic))
}

const (
	// pdfEdgeBytes is how much of the start and of the end is searched for names. A
	// file up to twice as long is searched completely.
	pdfEdgeBytes = 384 << 10
	// pdfInflateBytes bounds the decompressed object streams that are searched.
	pdfInflateBytes = 512 << 10
)

type pdfReader struct {
	file        *input.File
	d           *Document
	inflateLeft int // bytes of object streams that may still be decompressed
}

func readPDF(file *input.File, head []byte, f *Facts) {
	offset := bytes.Index(head[:min(len(head), pdfSearch)], []byte(pdfMagic))
	most := pdfEdgeBytes
	if file.Size() <= 2*pdfEdgeBytes {
		most = 2 * pdfEdgeBytes
	}
	edge, from := file.Tail(most)
	finished := bytes.Contains(edge, []byte("%%EOF"))
	if offset > 0 && (!finished || !bytes.Contains(edge, []byte("startxref"))) {
		return // prose about PDF
	}
	f.Type = "application/pdf"
	f.Document = &Document{HeaderOffset: offset}
	if !finished {
		f.addFlaw(Truncated)
	}
	r := &pdfReader{file: file, d: f.Document, inflateLeft: pdfInflateBytes}
	r.scanNames(edge)
	if from > 0 {
		r.scanNames(file.At(0, pdfEdgeBytes))
		r.followXref(edge)
	}
}

// scanNames examines every name in b. A name counts only as a dictionary key or as the
// value of /S: in the title "How to /Encrypt a file" it is neither.
func (r *pdfReader) scanNames(b []byte) {
	before := ""
	for {
		i := bytes.IndexByte(b, '/')
		if i < 0 {
			return
		}
		typed := before == "S" && len(pdfSkipSpace(b[:i])) == 0
		before, b = pdfName(b[i+1:])
		switch before {
		case "Encrypt":
			r.d.Encrypted = r.d.Encrypted || isPDFKey(b)
		case "JavaScript":
			r.d.JavaScript = r.d.JavaScript || typed || isPDFKey(b)
		case "ObjStm":
			r.objectStream(b)
		}
	}
}

// isPDFKey reports whether b, which follows a name, begins with a dictionary or a
// reference to one.
func isPDFKey(b []byte) bool {
	b = pdfSkipSpace(b)
	return hasAt(b, 0, "<<") || len(b) > 0 && b[0] >= '0' && b[0] <= '9'
}

// pdfName reads a name after its slash. Characters may be escaped as # and two
// hexadecimal digits (ISO 32000-1, section 7.3.5).
func pdfName(b []byte) (text string, rest []byte) {
	const longest = len("JavaScript") + 1
	var name [longest]byte
	n := 0
	for ; n < longest && len(b) > 0 && bytes.IndexByte([]byte(" \r\n\t\f\x00/<>[]()%"), b[0]) < 0; n++ {
		name[n], b = pdfCharacter(b)
	}
	return string(name[:n]), b
}

func pdfCharacter(b []byte) (c byte, rest []byte) {
	if b[0] == '#' && len(b) > 2 {
		high, low := hexDigit(b[1]), hexDigit(b[2])
		if high >= 0 && low >= 0 {
			return byte(high<<4 | low), b[3:]
		}
	}
	return b[0], b[1:]
}

func hexDigit(c byte) int {
	return bytes.IndexByte([]byte("0123456789abcdef"), c|' ')
}

// objectStream searches an object stream (ISO 32000-1, section 7.5.7), given the rest
// of its dictionary, if it is compressed with FlateDecode like those of all writers.
func (r *pdfReader) objectStream(b []byte) {
	const longestDictionary, zlibHeader, zlibDeflate = 1024, 2, 8
	if r.d.Encrypted || r.d.JavaScript || r.inflateLeft <= 0 {
		return
	}
	start := bytes.Index(b[:min(len(b), longestDictionary)], []byte("stream"))
	if start < 0 {
		return
	}
	data := pdfSkipSpace(b[start+len("stream"):])
	if len(data) < zlibHeader || data[0]&0x0F != zlibDeflate {
		return
	}
	objects := inflate.Bytes(data[zlibHeader:], r.inflateLeft)
	r.inflateLeft -= max(1, len(objects))
	r.scanNames(objects)
}
