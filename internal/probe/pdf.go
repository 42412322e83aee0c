package probe

import "bytes"

// pdfSearch is where readers look for the header (ISO 32000-1, annex H.3.4.1).
const pdfSearch = 1024

// hasPDFHeader: at the start, or within the first 1024 bytes, where readers of
// old look too. An archive or a compound file may hold a PDF there.
func hasPDFHeader(head []byte) bool {
	return bytes.Contains(head[:min(len(head), pdfSearch)], []byte("%PDF-"))
}

// pdfEdgeBytes is how much of the start and of the end is searched: trailers and
// document actions stand there.
const pdfEdgeBytes = 256 << 10

func readPDF(s *source, head []byte, f *Facts) {
	offset := bytes.Index(head[:min(len(head), pdfSearch)], []byte("%PDF-"))
	edge, from := s.tail(pdfEdgeBytes)
	finished := bytes.LastIndex(edge, []byte("%%EOF")) >= 0
	if offset > 0 && !finished {
		return // a text that speaks of PDF
	}
	f.Type = "application/pdf"
	f.Document = &Document{HeaderOffset: offset}
	if !finished {
		f.flaw(Truncated)
	}
	f.Document.notePDF(edge)
	if from > 0 {
		f.Document.notePDF(s.at(0, int(min(from, pdfEdgeBytes))))
	}
}

// notePDF looks for names in the clear. Objects in compressed streams are not
// opened: a trailer is never compressed with what it describes.
func (d *Document) notePDF(b []byte) {
	d.Encrypted = d.Encrypted || hasName(b, "/Encrypt")
	d.JavaScript = d.JavaScript || hasName(b, "/JavaScript")
}

// hasName finds a PDF name that ends where it should.
func hasName(b []byte, name string) bool {
	for {
		i := bytes.Index(b, []byte(name))
		if i < 0 {
			return false
		}
		b = b[i+len(name):]
		if len(b) == 0 || bytes.IndexByte([]byte(" \r\n\t\x00/<[(>"), b[0]) >= 0 {
			return true
		}
	}
}
