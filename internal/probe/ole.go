package probe

// The Compound File format ([MS-CFB]): a small file system of fixed sectors.
const (
	oleFree     = 0xFFFFFFFA // sector numbers from here on are marks
	oleEntry    = 128        // bytes of a directory entry
	maxOLEChain = 64         // sectors of the directory that are read
)

type oleReader struct {
	s      *source
	sector int64
	fat    []int64 // sectors of the allocation table, as far as the header lists them
}

// readOLE tells the old Office types apart by the names of their streams.
func readOLE(s *source, head []byte, f *Facts) {
	f.Type = "application/x-ole-storage"
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
	r := &oleReader{s: s, sector: 1 << shift}
	for i := 76; i+4 <= 512; i += 4 {
		r.fat = append(r.fat, le32(head[i:]))
	}
	r.directory(le32(head[48:]), f)
}

func (r *oleReader) directory(sector int64, f *Facts) {
	for range maxOLEChain {
		b := r.read(sector)
		if len(b) == 0 {
			break
		}
		for ; len(b) >= oleEntry; b = b[oleEntry:] {
			r.entry(b[:oleEntry], f)
		}
		sector = r.next(sector)
	}
	if f.Type == "application/x-ole-storage" && !f.Document.Encrypted && r.cut(sector) {
		f.flaw(Truncated)
	}
}

// cut: the directory should go on where the file has no bytes.
func (r *oleReader) cut(sector int64) bool {
	return sector < oleFree && (sector+1)*r.sector >= r.s.size
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
	table := sector / entries
	if table >= int64(len(r.fat)) || r.fat[table] >= oleFree {
		return oleFree
	}
	b := r.s.at((r.fat[table]+1)*r.sector+4*(sector%entries), 4)
	if len(b) < 4 {
		return oleFree
	}
	return le32(b)
}

// entry names the document by one of its streams.
func (r *oleReader) entry(b []byte, f *Facts) {
	const typeStorage, typeStream = 1, 2
	if b[66] != typeStream && b[66] != typeStorage {
		return
	}
	if b[66] == typeStream && le32(b[120:]) > r.s.size {
		f.flaw(Truncated)
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
