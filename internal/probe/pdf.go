package probe

import "bytes"

// pdfSearch is where readers look for the header (ISO 32000-1, annex H.3.4.1).
const pdfSearch = 1024

// hasPDFHeader: at the start, or within the first 1024 bytes, where readers of
// old look too. An archive or a compound file may hold a PDF there.
func hasPDFHeader(head []byte) bool {
	return bytes.Contains(head[:min(len(head), pdfSearch)], []byte(pdfMagic))
}

const (
	// pdfEdgeBytes is how much of the start and of the end is searched for
	// names; a file of both together or less is searched as a whole.
	pdfEdgeBytes = 384 << 10
	// pdfUnpackBytes is how much of packed objects is searched, in all.
	pdfUnpackBytes = 512 << 10
)

type pdfReader struct {
	s      *source
	d      *Document
	unpack int // bytes of packed objects that may yet be searched
}

func readPDF(s *source, head []byte, f *Facts) {
	offset := bytes.Index(head[:min(len(head), pdfSearch)], []byte(pdfMagic))
	most := pdfEdgeBytes
	if s.size <= 2*pdfEdgeBytes {
		most = 2 * pdfEdgeBytes
	}
	edge, from := s.tail(most)
	finished := bytes.Contains(edge, []byte("%%EOF"))
	if offset > 0 && (!finished || !bytes.Contains(edge, []byte("startxref"))) {
		return // a text that speaks of PDF
	}
	f.Type = "application/pdf"
	f.Document = &Document{HeaderOffset: offset}
	if !finished {
		f.flaw(Truncated)
	}
	r := &pdfReader{s: s, d: f.Document, unpack: pdfUnpackBytes}
	r.note(edge)
	if from > 0 {
		r.note(s.at(0, pdfEdgeBytes))
		r.follow(edge)
	}
}

// note looks at every name of a piece. One that stands where neither a key nor a
// type does is a word of a text, such as the title "How to /Encrypt a file".
func (r *pdfReader) note(b []byte) {
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
			r.packed(b)
		}
	}
}

// isPDFKey: b, behind a name, begins with a dictionary or the number of one.
func isPDFKey(b []byte) bool {
	b = pdfSkipSpace(b)
	return hasAt(b, 0, "<<") || len(b) > 0 && b[0] >= '0' && b[0] <= '9'
}

// pdfName reads a name behind its stroke. Any of its characters may be written as
// two hexadecimal digits (ISO 32000-1, section 7.3.5).
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

// packed searches a stream of objects (section 7.5.7) whose dictionary b stands
// in, where it is packed as all writers do.
func (r *pdfReader) packed(b []byte) {
	const longestDictionary, zlibHeader, zlibDeflate = 1024, 2, 8
	if r.d.Encrypted || r.d.JavaScript || r.unpack <= 0 {
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
	objects := inflate(data[zlibHeader:], r.unpack)
	r.unpack -= max(1, len(objects))
	r.note(objects)
}
