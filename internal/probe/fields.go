package probe

func be16(b []byte) int { return int(b[0])<<8 | int(b[1]) }

func be32(b []byte) int64 {
	return int64(b[0])<<24 | int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3])
}

func le16(b []byte) int { return int(b[0]) | int(b[1])<<8 }

func le24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func le32(b []byte) int64 {
	return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 | int64(b[3])<<24
}

// fields reads big-endian numbers from the front of some bytes. Past their end
// it gives zero and remembers that it was short.
type fields struct {
	b     []byte
	short bool
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.b) {
		f.short, f.b = true, nil
		return nil
	}
	taken := f.b[:n]
	f.b = f.b[n:]
	return taken
}

func (f *fields) skip(n int) { f.take(n) }

func (f *fields) u8() int { return int(f.number(1)) }

func (f *fields) u16() int { return int(f.number(2)) }

func (f *fields) u32() int64 { return f.number(4) }

// u64 gives a number of 64 bits; one beyond 2^63-1 comes out negative.
func (f *fields) u64() int64 { return f.number(8) }

func (f *fields) number(n int) int64 {
	var v uint64
	for _, c := range f.take(n) {
		v = v<<8 | uint64(c)
	}
	return int64(v)
}
