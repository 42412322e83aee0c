package probe

import "bytes"

// What a PDF too large to be searched runs when it is opened is found by its
// index: the index gives the place of the catalogue, the catalogue names what is
// run. An index in a packed stream is not followed.

const (
	// maxPDFIndexes is how many versions of a file are looked through.
	maxPDFIndexes = 8
	// maxPDFSections is how many parts an index may have.
	maxPDFSections = 64
	pdfObjectBytes = 2048 // of an object are read
)

// follow reads the catalogue and the objects that it names as actions.
func (r *pdfReader) follow(tail []byte) {
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 || r.d.JavaScript {
		return
	}
	index, _ := pdfNumber(tail[i+len("startxref"):])
	catalogue := r.object(index, pdfRoot(tail))
	for _, key := range []string{"/OpenAction", "/Names", "/AA"} {
		if _, value, found := bytes.Cut(catalogue, []byte(key)); found {
			if number, rest := pdfNumber(value); rest != nil {
				r.object(index, number)
			}
		}
	}
}

// pdfRoot gives the number of the catalogue: the last trailer stands at the end of
// the file.
func pdfRoot(tail []byte) int64 {
	i := bytes.LastIndex(tail, []byte("/Root"))
	if i < 0 {
		return 0
	}
	number, _ := pdfNumber(tail[i+len("/Root"):])
	return number
}

// object notes what stands in an object, and gives it.
func (r *pdfReader) object(index, number int64) []byte {
	for range maxPDFIndexes {
		place, older := r.place(index, number)
		if place > 0 {
			b, _, _ := bytes.Cut(r.s.at(place, pdfObjectBytes), []byte("endobj"))
			r.note(b)
			return b
		}
		if index = older; older <= 0 {
			break
		}
	}
	return nil
}

// place looks an object up in one index (ISO 32000-1, section 7.5.4): lines of 20
// bytes behind the first number and the count of each part. Zero: not there, and
// older is where the index before it stands.
func (r *pdfReader) place(index, number int64) (place, older int64) {
	const line = 20
	b := r.s.at(index, pdfObjectBytes)
	if !hasAt(b, 0, "xref") {
		return 0, 0
	}
	at := index + int64(len("xref"))
	for range maxPDFSections {
		b = r.s.at(at, pdfObjectBytes)
		first, rest := pdfNumber(b)
		count, rest := pdfNumber(rest)
		if rest == nil {
			return 0, pdfPrevious(b)
		}
		lines := pdfSkipSpace(rest)
		at += int64(len(b) - len(lines))
		if number >= first && number-first < count {
			place, _ = pdfNumber(r.s.at(at+line*(number-first), line))
			return place, 0
		}
		at += line * count
	}
	return 0, 0
}

// pdfPrevious reads the trailer's link to the index before.
func pdfPrevious(trailer []byte) int64 {
	if _, value, found := bytes.Cut(trailer, []byte("/Prev")); found {
		previous, _ := pdfNumber(value)
		return previous
	}
	return 0
}

// pdfNumber reads a number behind white space; rest is nil where there is none.
func pdfNumber(b []byte) (n int64, rest []byte) {
	const longest = 10 // digits, as in an index
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

// pdfSkipSpace goes behind white space (ISO 32000-1, table 1).
func pdfSkipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] >= '\t' && b[0] <= '\r' || b[0] == 0) {
		b = b[1:]
	}
	return b
}
