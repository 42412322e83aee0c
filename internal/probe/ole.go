package probe

// The Compound File format ([MS-CFB]): a small file system of fixed sectors.
const (
	oleFree  = 0xFFFFFFFA // sector numbers from here on are marks
	oleEntry = 128        // bytes of a directory entry
	// maxOLEChain is how many sectors of the directory are read: 1024 entries
	// or more. maxOLELists is how many sectors list the allocation table
	// behind the header; 13 do for 100 MB.
	maxOLEChain, maxOLELists = 256, 64
	oleUnnamed               = "application/x-ole-storage"

	oleStorage, oleStream = 1, 2 // kinds of entries
)

type oleReader struct {
	s      *source
	header []byte
	sector int64 // bytes
	cut    bool  // a number was asked for behind the end
}

// readOLE tells the old Office types apart by the names of their streams.
func readOLE(s *source, head []byte, f *Facts) {
	f.Type = oleUnnamed
	f.Document = &Document{}
	if len(head) < 512 {
		f.flaw(Truncated)
		return
	}
	shift := le16(head[30:])
	if shift != 9 && shift != 12 {
		f.flaw(Corrupt)
		return
	}
	r := &oleReader{s: s, header: head[:512], sector: 1 << shift}
	r.directory(le32(head[48:]), f)
}

func (r *oleReader) directory(sector int64, f *Facts) {
	var entries []byte
	for range maxOLEChain {
		b := r.read(sector)
		if len(b) == 0 {
			break
		}
		entries = append(entries, b[:len(b)&^(oleEntry-1)]...)
		sector = r.next(sector)
	}
	r.name(entries, f)
	switch {
	case f.Type != oleUnnamed || f.Document.Encrypted:
	case r.cut, sector < oleFree && (sector+1)*r.sector >= r.s.size:
		f.flaw(Truncated)
	case sector < oleFree:
		f.flaw(Undetermined)
	}
}

// name goes by the entries at the top: a table inside of a letter has streams too.
// Where the tree is broken, any entry must do.
func (r *oleReader) name(entries []byte, f *Facts) {
	r.topEntries(entries, f)
	broken := f.Type == oleUnnamed && !f.Document.Encrypted
	for e := entries; len(e) > 0; e = e[oleEntry:] {
		if e[66] == oleStream && le32(e[120:]) > r.s.size {
			f.flaw(Truncated)
		}
		if broken {
			r.entry(e, f)
		}
	}
}

// topEntries follows the tree of the root's children ([MS-CFB], 2.6.4) for as many
// steps as there are entries, so that a ring ends.
func (r *oleReader) topEntries(entries []byte, f *Facts) {
	if len(entries) == 0 {
		return
	}
	pending := []int64{le32(entries[76:])}
	for left := len(entries) / oleEntry; left > 0 && len(pending) > 0; {
		last := len(pending) - 1
		at := pending[last] * oleEntry
		pending = pending[:last]
		if at < int64(len(entries)) {
			e := entries[at:]
			r.entry(e, f)
			pending = append(pending, le32(e[68:]), le32(e[72:]))
			left--
		}
	}
}

func (r *oleReader) read(sector int64) []byte {
	if sector >= oleFree {
		return nil
	}
	return r.s.at((sector+1)*r.sector, int(r.sector))
}

// next follows the chain by one sector.
func (r *oleReader) next(sector int64) int64 {
	entries := r.sector / 4
	return r.number(r.table(sector/entries), sector%entries)
}

// table gives the sector of the allocation table's part n. The header lists the
// first 109, then a chain of sectors does, whose last number is the next sector
// ([MS-CFB], 2.5).
func (r *oleReader) table(n int64) int64 {
	const inHeader, list = 109, 76
	if n < inHeader {
		return le32(r.header[list+4*n:])
	}
	n -= inHeader
	last := r.sector/4 - 1
	if n/last >= maxOLELists {
		return oleFree
	}
	sector := le32(r.header[68:])
	for range n / last {
		sector = r.number(sector, last)
	}
	return r.number(sector, n%last)
}

// number gives a sector's number at a place; a mark where there is none.
func (r *oleReader) number(sector, place int64) int64 {
	if sector >= oleFree {
		return oleFree
	}
	at := (sector+1)*r.sector + 4*place
	b := r.s.at(at, 4)
	if len(b) < 4 {
		r.cut = r.cut || at >= r.s.size
		return oleFree
	}
	return le32(b)
}

// entry names the document by one of its streams.
func (r *oleReader) entry(b []byte, f *Facts) {
	if b[66] != oleStream && b[66] != oleStorage {
		return
	}
	switch oleName(b) {
	case "WordDocument":
		f.Type = "application/msword"
		f.Document.Encrypted = f.Document.Encrypted || r.wordEncrypted(b)
	case "Workbook", "Book":
		f.Type = "application/vnd.ms-excel"
		f.Document.Encrypted = f.Document.Encrypted || r.bookEncrypted(b)
	case "PowerPoint Document":
		f.Type = "application/vnd.ms-powerpoint"
	case "EncryptedSummary", "EncryptedPackage":
		f.Document.Encrypted = true
	case "__properties_version1.0":
		f.Type = "application/vnd.ms-outlook"
	case "VisioDocument":
		f.Type = "application/vnd.visio"
	}
}

// oleName reads the ASCII of a name in UTF-16.
func oleName(b []byte) string {
	length := min(le16(b[64:]), 64)
	name := make([]byte, 0, 32)
	for i := 0; i+2 < length; i += 2 {
		name = append(name, b[i])
	}
	return string(name)
}

// streamStart reads the first bytes of a stream that stands in whole sectors.
// Streams under 4096 bytes stand elsewhere; no real document is that small.
func (r *oleReader) streamStart(entry []byte, n int) []byte {
	const smallest = 4096
	if le32(entry[120:]) < smallest {
		return nil
	}
	b := r.read(le32(entry[116:]))
	return b[:min(n, len(b))]
}

// wordEncrypted reads fEncrypted of the File Information Block ([MS-DOC], 2.5.2).
func (r *oleReader) wordEncrypted(entry []byte) bool {
	b := r.streamStart(entry, 12)
	return len(b) == 12 && le16(b[10:])&0x0100 != 0
}

// bookEncrypted looks for a FilePass record near the start ([MS-XLS], 2.4.117).
func (r *oleReader) bookEncrypted(entry []byte) bool {
	const recordFilePass, maxRecords = 0x2F, 16
	b := r.streamStart(entry, 512)
	for range maxRecords {
		if len(b) < 4 {
			return false
		}
		if le16(b) == recordFilePass {
			return true
		}
		b = b[min(len(b), 4+le16(b[2:])):]
	}
	return false
}
