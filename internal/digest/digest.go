// Package digest is an incremental SHA-256 for the browser's worker. Its result is
// 64 hexadecimal digits.
//
// WebCrypto can only hash a whole file in memory. In WebAssembly, crypto/sha256 adds
// 102 KB to the worker's download and runs at half the speed of this package.
//
// It leaves to others: hashing on the server, where crypto/sha256 is faster, and
// secret data. This package hashes files and is not constant-time.
//
// Source: FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4
package digest

// Size is the length of a sum in hexadecimal digits.
const Size = 64

// SHA256 is the digest of the bytes written so far. Use New: its zero value is not
// usable.
type SHA256 struct {
	state  [8]uint32
	length uint64 // bytes written
	rest   [blockSize]byte
	held   int // bytes in rest, an incomplete block
}

// New returns the digest of no bytes.
func New() *SHA256 { return &SHA256{state: start} }

// Write adds any number of bytes.
func (d *SHA256) Write(p []byte) {
	d.length += uint64(len(p))
	if d.held > 0 {
		n := copy(d.rest[d.held:], p)
		p = p[n:]
		if d.held += n; d.held < blockSize {
			return
		}
		compress(&d.state, d.rest[:])
	}
	compress(&d.state, p)
	d.held = copy(d.rest[:], p[len(p)/blockSize*blockSize:])
}

// AppendSum appends the sum in lower-case hexadecimal. More bytes may be written after
// it.
func (d *SHA256) AppendSum(b []byte) []byte {
	last := *d
	last.pad()
	for _, word := range last.state {
		for shift := 28; shift >= 0; shift -= 4 {
			b = append(b, hexDigits[word>>shift&15])
		}
	}
	return b
}

const hexDigits = "0123456789abcdef"

// pad appends a one bit, zeros, and the length in bits: FIPS 180-4, section 5.1.1.
func (d *SHA256) pad() {
	bits := d.length * 8
	var tail [2 * blockSize]byte
	tail[0] = 0x80
	end := blockSize - d.held
	if end < 1+8 {
		end += blockSize
	}
	for i := range 8 {
		tail[end-1-i] = byte(bits >> (8 * i))
	}
	d.Write(tail[:end])
}
