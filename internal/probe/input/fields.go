package input

// BE16 and its siblings decode unsigned integers, big-endian (BE) or little-endian
// (LE), from the front of b. They panic if b is too short.
func BE16(b []byte) int { return int(b[0])<<8 | int(b[1]) }

// BE32 decodes 32 bits, big-endian.
func BE32(b []byte) int64 {
	return int64(b[0])<<24 | int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3])
}

// LE16 decodes 16 bits, little-endian.
func LE16(b []byte) int { return int(b[0]) | int(b[1])<<8 }

// LE24 decodes 24 bits, little-endian.
func LE24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// LE32 decodes 32 bits, little-endian.
func LE32(b []byte) int64 {
	return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 | int64(b[3])<<24
}

// Fields reads big-endian numbers from the front of B. Past the end it returns
// zero and sets Short.
type Fields struct {
	B     []byte
	Short bool
}

// Take returns the next n bytes; nil if there are fewer.
func (f *Fields) Take(n int) []byte {
	if n < 0 || n > len(f.B) {
		f.Short, f.B = true, nil
		return nil
	}
	taken := f.B[:n]
	f.B = f.B[n:]
	return taken
}

// Skip discards the next n bytes.
func (f *Fields) Skip(n int) { f.Take(n) }

// U8 reads 8 bits.
func (f *Fields) U8() int { return int(f.Number(1)) }

// U16 reads 16 bits.
func (f *Fields) U16() int { return int(f.Number(2)) }

// U32 reads 32 bits.
func (f *Fields) U32() int64 { return f.Number(4) }

// U64 reads 64 bits; a number above 2^63-1 is returned as negative.
func (f *Fields) U64() int64 { return f.Number(8) }

// Number reads n bytes, at most 8.
func (f *Fields) Number(n int) int64 {
	var v uint64
	for _, c := range f.Take(n) {
		v = v<<8 | uint64(c)
	}
	return int64(v)
}
