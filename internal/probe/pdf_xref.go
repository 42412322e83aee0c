package probe

import "bytes"

// In a PDF too large to be searched, actions are found by the cross-reference table:
// the table gives the offset of the catalogue, and the catalogue refers to the actions
// that run on opening. Cross-reference streams are not followed.

const (
	// maxPDFXrefs bounds the cross-reference tables, one per incremental update.
	maxPDFXrefs = 8
	// maxPDFSubsections bounds the subsections of one table.
	maxPDFSubsections = 64
	pdfObjectBytes    = 2048 // read of an object or a table at once
)

// followXref scans the catalogue and the objects that it refers to as actions.
func (r *pdfReader) followXref(tail []byte) {
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 || r.d.JavaScript {
		return
	}
	xref, _ := pdfNumber(tail[i+len("startxref"):])
	catalogue := r.object(xref, pdfRoot(tail))
	for _, key := range []string{"/OpenAction", "/Names", "/AA"} {
		if _, value, found := bytes.Cut(catalogue, []byte(key)); found {
			if number, rest := pdfNumber(value); rest != nil {
				r.object(xref, number)
			}
		}
	}
}

// pdfRoot returns the object number of the catalogue, from the last trailer.
func pdfRoot(tail []byte) int64 {
	i := bytes.LastIndex(tail, []byte("/Root"))
	if i < 0 {
		return 0
	}
	number, _ := pdfNumber(tail[i+len("/Root"):])
	return number
}

// object scans the names of an object and returns it; nil if no table lists it.
func (r *pdfReader) object(xref, number int64) []byte {
	for range maxPDFXrefs {
		offset, older := r.xrefOffset(xref, number)
		if offset > 0 {
			b, _, _ := bytes.Cut(r.file.At(offset, pdfObjectBytes), []byte("endobj"))
			r.scanNames(b)
			return b
		}
		if xref = older; older <= 0 {
			break
		}
	}
	return nil
}

// xrefOffset looks up an object's offset in the table at xref (ISO 32000-1, section
// 7.5.4): in each subsection the first object number and a count, then an entry of 20
// bytes per object. If the object is not listed, offset is 0 and older is the offset
// of the previous table.
func (r *pdfReader) xrefOffset(xref, number int64) (offset, older int64) {
	const entry = 20
	b := r.file.At(xref, pdfObjectBytes)
	if !hasAt(b, 0, "xref") {
		return 0, 0
	}
	at := xref + int64(len("xref"))
	for range maxPDFSubsections {
		b = r.file.At(at, pdfObjectBytes)
		first, rest := pdfNumber(b)
		count, rest := pdfNumber(rest)
		if rest == nil {
			return 0, pdfPrevious(b)
		}
		entries := pdfSkipSpace(rest)
		at += int64(len(b) - len(entries))
		if number >= first && number-first < count {
			offset, _ = pdfNumber(r.file.At(at+entry*(number-first), entry))
			return offset, 0
		}
		at += entry * count
	}
	return 0, 0
}

// pdfPrevious reads the trailer's link to the previous table.
func pdfPrevious(trailer []byte) int64 {
	if _, value, found := bytes.Cut(trailer, []byte("/Prev")); found {
		previous, _ := pdfNumber(value)
		return previous
	}
	return 0
}

// pdfNumber reads a number after optional white space; rest is nil if there is none.
func pdfNumber(b []byte) (n int64, rest []byte) {
	const longest = 10 // digits, as in a cross-reference entry
	b = pdfSkipSpace(b)
	digits := 0
	for digits < min(len(b), longest) && b[digits] >= '0' && b[digits] <= '9' {
		n = 10*n + int64(b[digits]-'0')
		digits++
	}
	if digits == 0 {
		return 0, nil
	}
	return n, b[digits:]
}

// pdfSkipSpace skips white space (ISO 32000-1, table 1).
func pdfSkipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] >= '\t' && b[0] <= '\r' || b[0] == 0) {
		b = b[1:]
	}
	return b
}
