package probe

import "bytes"

// zipDirectory reads the central directory (APPNOTE.TXT, sections 4.3.12 and
// 4.3.16). ok is false where the archive has no end.
func zipDirectory(s *source, f *Facts) (entries []zipEntry, ok bool) {
	start, count, ok := zipEnd(s)
	if !ok {
		return nil, false
	}
	b := s.at(start, int(min(s.size-start, maxZipDirectory)))
	for range count {
		e, rest := zipEntryOf(b)
		if rest == nil {
			break
		}
		entries, b = append(entries, e), rest
	}
	if int64(len(entries)) < count {
		f.flaw(Undetermined)
	}
	return entries, true
}

// zipEnd finds the directory by the end record. What was put in front of an
// archive moves its offsets, so the directory is found from the end.
func zipEnd(s *source) (start, count int64, ok bool) {
	const record, longestComment = 22, 1<<16 - 1
	tail, from := s.tail(4096)
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || at+record > len(tail) {
		tail, from = s.tail(record + longestComment)
		at = bytes.LastIndex(tail, []byte("PK\x05\x06"))
	}
	if at < 0 || at+record > len(tail) {
		return 0, 0, false
	}
	h := tail[at:]
	count, size, offset := int64(le16(h[10:])), le32(h[12:]), le32(h[16:])
	if offset == zip64Mark || size == zip64Mark || count == 1<<16-1 {
		if start, count, ok := zip64End(s, from+int64(at)); ok {
			return start, count, true
		}
	}
	if start = from + int64(at) - size; start < 0 {
		return 0, 0, false
	}
	return start, count, true
}

// zip64End reads the end record of large archives, which stands before.
func zip64End(s *source, end int64) (start, count int64, ok bool) {
	const locator, record = 20, 56
	l := s.at(end-locator, locator)
	if !hasAt(l, 0, "PK\x06\x07") || len(l) < locator {
		return 0, 0, false
	}
	h := s.at(le32(l[8:])|le32(l[12:])<<32, record)
	if !hasAt(h, 0, "PK\x06\x06") || len(h) < record {
		return 0, 0, false
	}
	start = le32(h[48:]) | le32(h[52:])<<32
	count = le32(h[32:]) | le32(h[36:])<<32
	return start, count, start >= 0 && start <= s.size && count >= 0
}

// zipEntryOf reads one entry and gives what follows; rest is nil where none is.
func zipEntryOf(b []byte) (e zipEntry, rest []byte) {
	const fixed = 46
	if len(b) < fixed || !hasAt(b, 0, "PK\x01\x02") {
		return e, nil
	}
	name, extra, comment := le16(b[28:]), le16(b[30:]), le16(b[32:])
	if len(b) < fixed+name+extra+comment {
		return e, nil
	}
	e = zipEntry{
		name:      string(b[fixed : fixed+name]),
		method:    le16(b[10:]),
		encrypted: b[8]&1 != 0,
		packed:    le32(b[20:]),
		unpacked:  le32(b[24:]),
		offset:    le32(b[42:]),
	}
	e.widen(b[fixed+name : fixed+name+extra])
	return e, b[fixed+name+extra+comment:]
}

// zip64Mark stands where a number is in the extra field instead.
const zip64Mark = 1<<32 - 1

// widen takes the numbers that 32 bits do not hold from the extra field with the
// tag 1, where they stand in this order (APPNOTE.TXT, section 4.5.3). A number
// that is not there, or is negative, is left as a mark that no file reaches.
func (e *zipEntry) widen(extra []byte) {
	for len(extra) >= 4 {
		size := min(le16(extra[2:]), len(extra)-4)
		body := extra[4 : 4+size]
		if le16(extra) == 1 {
			for _, number := range []*int64{&e.unpacked, &e.packed, &e.offset} {
				if *number == zip64Mark && len(body) >= 8 {
					*number, body = max(0, le32(body)|le32(body[4:])<<32), body[8:]
				}
			}
		}
		extra = extra[4+size:]
	}
}

// content unpacks an entry, at most maxManifest bytes of it.
func (e zipEntry) content(s *source) []byte {
	const fixed, stored, deflated = 30, 0, 8
	h := s.at(e.offset, fixed)
	if !hasAt(h, 0, "PK\x03\x04") || len(h) < fixed || e.encrypted {
		return nil
	}
	body := e.offset + fixed + int64(le16(h[26:])) + int64(le16(h[28:]))
	packed := s.at(body, int(min(e.packed, maxManifest)))
	switch e.method {
	case stored:
		return packed
	case deflated:
		return inflate(packed, int(min(e.unpacked, maxManifest)))
	}
	return nil
}
