package probe

import "mediarelay/internal/probe/input"

// The Compound File Binary format ([MS-CFB]), a small file system of fixed sectors in
// which Word, Excel and PowerPoint stored documents before Office Open XML.
const (
	oleMaxRegular = 0xFFFFFFFA // MAXREGSECT: numbers from here on name no sector
	oleEntry      = 128        // bytes of a directory entry
	// maxOLEChain bounds the directory in sectors: 1024 entries or more.
	// maxOLELists bounds the DIFAT sectors, which list the FAT beyond the header; a
	// file of 100 MB needs 13.
	maxOLEChain, maxOLELists = 256, 64
	oleUnknown               = "application/x-ole-storage"

	oleStorage, oleStream = 1, 2 // object types of directory entries
)

type oleReader struct {
	file    *input.File
	header  []byte
	sector  int64 // bytes per sector
	pastEnd bool  // a FAT entry lies beyond the end of the file
}

// readOLE distinguishes the document types by the names of their streams.
func readOLE(file *input.File, head []byte, f *Facts) {
	f.Type = oleUnknown
	f.Document = &Document{}
	if len(head) < 512 {
		f.addFlaw(Truncated)
		return
	}
	shift := input.LE16(head[30:])
	if shift != 9 && shift != 12 {
		f.addFlaw(Corrupt)
		return
	}
	r := &oleReader{file: file, header: head[:512], sector: 1 << shift}
	r.directory(input.LE32(head[48:]), f)
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
	r.identify(entries, f)
	switch {
	case f.Type != oleUnknown || f.Document.Encrypted:
	case r.pastEnd, sector < oleMaxRegular && (sector+1)*r.sector >= r.file.Size():
		f.addFlaw(Truncated)
	case sector < oleMaxRegular:
		f.addFlaw(Undetermined)
	}
}

// identify uses the entries of the root storage, since an embedded document has
// streams too. If the tree is damaged it uses any entry.
func (r *oleReader) identify(entries []byte, f *Facts) {
	r.topEntries(entries, f)
	broken := f.Type == oleUnknown && !f.Document.Encrypted
	for e := entries; len(e) > 0; e = e[oleEntry:] {
		if e[66] == oleStream && input.LE32(e[120:]) > r.file.Size() {
			f.addFlaw(Truncated)
		}
		if broken {
			r.identifyBy(e, f)
		}
	}
}

// topEntries walks the tree of the root's children ([MS-CFB], 2.6.4) for as many
// steps as there are entries, so that a cycle ends.
func (r *oleReader) topEntries(entries []byte, f *Facts) {
	if len(entries) == 0 {
		return
	}
	pending := []int64{input.LE32(entries[76:])}
	for left := len(entries) / oleEntry; left > 0 && len(pending) > 0; {
		last := len(pending) - 1
		at := pending[last] * oleEntry
		pending = pending[:last]
		if at < int64(len(entries)) {
			e := entries[at:]
			r.identifyBy(e, f)
			pending = append(pending, input.LE32(e[68:]), input.LE32(e[72:]))
			left--
		}
	}
}

func (r *oleReader) read(sector int64) []byte {
	if sector >= oleMaxRegular {
		return nil
	}
	return r.file.At((sector+1)*r.sector, int(r.sector))
}

// next returns the sector that follows in a chain.
func (r *oleReader) next(sector int64) int64 {
	entries := r.sector / 4
	return r.fatEntry(r.fatSector(sector/entries), sector%entries)
}

// fatSector returns the number of the nth FAT sector. The header lists the first 109;
// a chain of DIFAT sectors lists the others, its links in the last number of each
// ([MS-CFB], 2.5).
func (r *oleReader) fatSector(n int64) int64 {
	const inHeader, list = 109, 76
	if n < inHeader {
		return input.LE32(r.header[list+4*n:])
	}
	n -= inHeader
	last := r.sector/4 - 1
	if n/last >= maxOLELists {
		return oleMaxRegular
	}
	sector := input.LE32(r.header[68:])
	for range n / last {
		sector = r.fatEntry(sector, last)
	}
	return r.fatEntry(sector, n%last)
}

// fatEntry returns the number at an index of a FAT or DIFAT sector; oleMaxRegular if
// there is none.
func (r *oleReader) fatEntry(sector, index int64) int64 {
	if sector >= oleMaxRegular {
		return oleMaxRegular
	}
	at := (sector+1)*r.sector + 4*index
	b := r.file.At(at, 4)
	if len(b) < 4 {
		r.pastEnd = r.pastEnd || at >= r.file.Size()
		return oleMaxRegular
	}
	return input.LE32(b)
}

// identifyBy sets the type if the entry is one that identifies a document.
func (r *oleReader) identifyBy(b []byte, f *Facts) {
	if b[66] != oleStream && b[66] != oleStorage {
		return
	}
	switch oleName(b) {
	case "WordDocument":
		f.Type = "application/msword"
		f.Document.Encrypted = f.Document.Encrypted || r.wordEncrypted(b)
	case "Workbook", "Book":
		f.Type = "application/vnd.ms-excel"
		f.Document.Encrypted = f.Document.Encrypted || r.workbookEncrypted(b)
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

// oleName returns the low bytes of an entry's UTF-16 name, enough to compare ASCII
// names.
func oleName(b []byte) string {
	length := min(input.LE16(b[64:]), 64)
	name := make([]byte, 0, 32)
	for i := 0; i+2 < length; i += 2 {
		name = append(name, b[i])
	}
	return string(name)
}

// streamStart reads up to n bytes of a stream. Streams below 4096 bytes are in the
// mini stream, which is not read: no real document is that small.
func (r *oleReader) streamStart(entry []byte, n int) []byte {
	const smallest = 4096
	if input.LE32(entry[120:]) < smallest {
		return nil
	}
	b := r.read(input.LE32(entry[116:]))
	return b[:min(n, len(b))]
}

// wordEncrypted reads fEncrypted in the File Information Block ([MS-DOC], 2.5.2).
func (r *oleReader) wordEncrypted(entry []byte) bool {
	b := r.streamStart(entry, 12)
	return len(b) == 12 && input.LE16(b[10:])&0x0100 != 0
}

// workbookEncrypted searches for a FilePass record near the start ([MS-XLS], 2.4.117).
func (r *oleReader) workbookEncrypted(entry []byte) bool {
	const recordFilePass, maxRecords = 0x2F, 16
	b := r.streamStart(entry, 512)
	for range maxRecords {
		if len(b) < 4 {
			return false
		}
		if input.LE16(b) == recordFilePass {
			return true
		}
		b = b[min(len(b), 4+input.LE16(b[2:])):]
	}
	return false
}
