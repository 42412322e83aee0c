// Package digest is SHA-256 for the browser's worker: bytes go in piece by piece,
// sixty-four hexadecimal digits come out.
//
// It is there because WebCrypto takes a file only as a whole, in memory, and
// because the standard library's costs 102 KB of the worker's download and runs
// at half this one's speed there. On the server, crypto/sha256 is faster and
// stays the one to use. Whatever is to be kept secret is no matter of this
// package: it digests files.
//
// Source: FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4
package digest

// Size is the length of a sum in hexadecimal digits.
const Size = 64

// SHA256 is the digest of the bytes that were written so far. Its zero value is
// not ready; New gives one.
type SHA256 struct {
	state  [8]uint32
	length uint64 // bytes written
	rest   [blockSize]byte
	held   int // bytes of rest that wait for their block
}

// New gives the digest of no bytes.
func New() *SHA256 { return &SHA256{state: start} }

// Write takes the next bytes, as many or as few as there are.
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

// AppendSum appends the sum in lower-case hexadecimal. Writing can go on after it.
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

// pad ends the message with a one bit, zeros, and its length in bits: FIPS
// 180-4, section 5.1.1.
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
