package probe

import (
	"bytes"

	"mediarelay/internal/probe/inflate"
	"mediarelay/internal/probe/input"
)

// zipDirectory reads the central directory (APPNOTE.TXT, sections 4.3.12 and 4.3.16).
// ok is false if the archive has no end of central directory record.
func zipDirectory(file *input.File, f *Facts) (entries []zipEntry, ok bool) {
	start, count, ok := zipDirectoryStart(file)
	if !ok {
		return nil, false
	}
	b := file.At(start, int(min(file.Size()-start, maxZipDirectory)))
	for range count {
		e, rest := parseZipEntry(b)
		if rest == nil {
			break
		}
		entries, b = append(entries, e), rest
	}
	if int64(len(entries)) < count {
		f.addFlaw(Undetermined)
	}
	return entries, true
}

// zipDirectoryStart locates the central directory by the end record, counting back
// from it: bytes prepended to an archive shift the offsets in it.
func zipDirectoryStart(file *input.File) (start, count int64, ok bool) {
	const record, longestComment = 22, 1<<16 - 1
	tail, from := file.Tail(4096)
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || at+record > len(tail) {
		tail, from = file.Tail(record + longestComment)
		at = bytes.LastIndex(tail, []byte("PK\x05\x06"))
	}
	if at < 0 || at+record > len(tail) {
		return 0, 0, false
	}
	h := tail[at:]
	count, size, offset := int64(input.LE16(h[10:])), input.LE32(h[12:]), input.LE32(h[16:])
	if offset == zip64Marker || size == zip64Marker || count == 1<<16-1 {
		if start, count, ok := zip64DirectoryStart(file, from+int64(at)); ok {
			return start, count, true
		}
	}
	if start = from + int64(at) - size; start < 0 {
		return 0, 0, false
	}
	return start, count, true
}

// zip64DirectoryStart reads the ZIP64 end record, whose locator precedes the end
// record at offset end (APPNOTE.TXT, sections 4.3.14 and 4.3.15).
func zip64DirectoryStart(file *input.File, end int64) (start, count int64, ok bool) {
	const locator, record = 20, 56
	l := file.At(end-locator, locator)
	if !hasAt(l, 0, "PK\x06\x07") || len(l) < locator {
		return 0, 0, false
	}
	h := file.At(input.LE32(l[8:])|input.LE32(l[12:])<<32, record)
	if !hasAt(h, 0, "PK\x06\x06") || len(h) < record {
		return 0, 0, false
	}
	start = input.LE32(h[48:]) | input.LE32(h[52:])<<32
	count = input.LE32(h[32:]) | input.LE32(h[36:])<<32
	return start, count, start >= 0 && start <= file.Size() && count >= 0
}

// parseZipEntry reads the entry at the front of b; rest is what follows, nil if there
// is no entry.
func parseZipEntry(b []byte) (e zipEntry, rest []byte) {
	const fixed = 46
	if len(b) < fixed || !hasAt(b, 0, "PK\x01\x02") {
		return e, nil
	}
	name, extra, comment := input.LE16(b[28:]), input.LE16(b[30:]), input.LE16(b[32:])
	if len(b) < fixed+name+extra+comment {
		return e, nil
	}
	e = zipEntry{
		name:         string(b[fixed : fixed+name]),
		method:       input.LE16(b[10:]),
		encrypted:    b[8]&1 != 0,
		compressed:   input.LE32(b[20:]),
		uncompressed: input.LE32(b[24:]),
		offset:       input.LE32(b[42:]),
	}
	e.readZip64(b[fixed+name : fixed+name+extra])
	return e, b[fixed+name+extra+comment:]
}

// zip64Marker stands for a number that is in the extra field.
const zip64Marker = 1<<32 - 1

// readZip64 takes numbers beyond 32 bits from the ZIP64 extra field, tag 1, which has
// them in this order (APPNOTE.TXT, section 4.5.3). A missing number stays the marker,
// which exceeds the size of any file here; a negative one becomes 0.
func (e *zipEntry) readZip64(extra []byte) {
	for len(extra) >= 4 {
		size := min(input.LE16(extra[2:]), len(extra)-4)
		body := extra[4 : 4+size]
		if input.LE16(extra) == 1 {
			for _, number := range []*int64{&e.uncompressed, &e.compressed, &e.offset} {
				if *number == zip64Marker && len(body) >= 8 {
					*number, body = max(0, input.LE32(body)|input.LE32(body[4:])<<32), body[8:]
				}
			}
		}
		extra = extra[4+size:]
	}
}

// content returns an entry's data, decompressed, at most maxManifest bytes; nil if it
// is encrypted or compressed by a method other than DEFLATE.
func (e zipEntry) content(file *input.File) []byte {
	const fixed, stored, deflated = 30, 0, 8
	h := file.At(e.offset, fixed)
	if !hasAt(h, 0, "PK\x03\x04") || len(h) < fixed || e.encrypted {
		return nil
	}
	body := e.offset + fixed + int64(input.LE16(h[26:])) + int64(input.LE16(h[28:]))
	compressed := file.At(body, int(min(e.compressed, maxManifest)))
	switch e.method {
	case stored:
		return compressed
	case deflated:
		return inflate.Bytes(compressed, int(min(e.uncompressed, maxManifest)))
	}
	return nil
}
