package digest

import "math/bits"

// blockSize is the length of a block in bytes.
const blockSize = 64

// start is the state before the first block: FIPS 180-4, section 5.3.3.
var start = [8]uint32{
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
}

// constants are those of the 64 rounds, in the four groups that the loop below
// takes them in: FIPS 180-4, section 4.2.2.
var constants = [4][16]uint32{
	{
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
		0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	},
	{
		0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
		0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	},
	{
		0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
		0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	},
	{
		0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
		0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
	},
}

// compress takes whole blocks into the state: FIPS 180-4, section 6.2.2.
//
// Sixteen rounds are unrolled, so that after them each variable is back in
// its own place and none is copied; as a loop of one round it takes twice the
// time in the browser. It calls nothing: the module is built without inlining.
func compress(state *[8]uint32, blocks []byte) {
	var w [16]uint32
	for ; len(blocks) >= blockSize; blocks = blocks[blockSize:] {
		load(&w, (*[blockSize]byte)(blocks))
		mix(state, &w)
	}
}

// load reads a block as sixteen big-endian words.
func load(w *[16]uint32, block *[blockSize]byte) {
	for i := range w {
		b := (*[4]byte)(block[4*i:])
		w[i] = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
}

// mix does the 64 rounds over one block's words, which it uses up.
func mix(state *[8]uint32, w *[16]uint32) {
	a, b, c, d, e, f, g, h := state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
	for i := range constants {
		if i > 0 {
			expand(w)
		}
		k := &constants[i]
		h += (bits.RotateLeft32(e, -6) ^ bits.RotateLeft32(e, -11) ^ bits.RotateLeft32(e, -25)) + (g ^ e&(f^g)) + k[0] + w[0]
		d += h
		h += (bits.RotateLeft32(a, -2) ^ bits.RotateLeft32(a, -13) ^ bits.RotateLeft32(a, -22)) + (a&b | c&(a|b))
		g += (bits.RotateLeft32(d, -6) ^ bits.RotateLeft32(d, -11) ^ bits.RotateLeft32(d, -25)) + (f ^ d&(e^f)) + k[1] + w[1]
		c += g
		g += (bits.RotateLeft32(h, -2) ^ bits.RotateLeft32(h, -13) ^ bits.RotateLeft32(h, -22)) + (h&a | b&(h|a))
		f += (bits.RotateLeft32(c, -6) ^ bits.RotateLeft32(c, -11) ^ bits.RotateLeft32(c, -25)) + (e ^ c&(d^e)) + k[2] + w[2]
		b += f
		f += (bits.RotateLeft32(g, -2) ^ bits.RotateLeft32(g, -13) ^ bits.RotateLeft32(g, -22)) + (g&h | a&(g|h))
		e += (bits.RotateLeft32(b, -6) ^ bits.RotateLeft32(b, -11) ^ bits.RotateLeft32(b, -25)) + (d ^ b&(c^d)) + k[3] + w[3]
		a += e
		e += (bits.RotateLeft32(f, -2) ^ bits.RotateLeft32(f, -13) ^ bits.RotateLeft32(f, -22)) + (f&g | h&(f|g))
		d += (bits.RotateLeft32(a, -6) ^ bits.RotateLeft32(a, -11) ^ bits.RotateLeft32(a, -25)) + (c ^ a&(b^c)) + k[4] + w[4]
		h += d
		d += (bits.RotateLeft32(e, -2) ^ bits.RotateLeft32(e, -13) ^ bits.RotateLeft32(e, -22)) + (e&f | g&(e|f))
		c += (bits.RotateLeft32(h, -6) ^ bits.RotateLeft32(h, -11) ^ bits.RotateLeft32(h, -25)) + (b ^ h&(a^b)) + k[5] + w[5]
		g += c
		c += (bits.RotateLeft32(d, -2) ^ bits.RotateLeft32(d, -13) ^ bits.RotateLeft32(d, -22)) + (d&e | f&(d|e))
		b += (bits.RotateLeft32(g, -6) ^ bits.RotateLeft32(g, -11) ^ bits.RotateLeft32(g, -25)) + (a ^ g&(h^a)) + k[6] + w[6]
		f += b
		b += (bits.RotateLeft32(c, -2) ^ bits.RotateLeft32(c, -13) ^ bits.RotateLeft32(c, -22)) + (c&d | e&(c|d))
		a += (bits.RotateLeft32(f, -6) ^ bits.RotateLeft32(f, -11) ^ bits.RotateLeft32(f, -25)) + (h ^ f&(g^h)) + k[7] + w[7]
		e += a
		a += (bits.RotateLeft32(b, -2) ^ bits.RotateLeft32(b, -13) ^ bits.RotateLeft32(b, -22)) + (b&c | d&(b|c))
		h += (bits.RotateLeft32(e, -6) ^ bits.RotateLeft32(e, -11) ^ bits.RotateLeft32(e, -25)) + (g ^ e&(f^g)) + k[8] + w[8]
		d += h
		h += (bits.RotateLeft32(a, -2) ^ bits.RotateLeft32(a, -13) ^ bits.RotateLeft32(a, -22)) + (a&b | c&(a|b))
		g += (bits.RotateLeft32(d, -6) ^ bits.RotateLeft32(d, -11) ^ bits.RotateLeft32(d, -25)) + (f ^ d&(e^f)) + k[9] + w[9]
		c += g
		g += (bits.RotateLeft32(h, -2) ^ bits.RotateLeft32(h, -13) ^ bits.RotateLeft32(h, -22)) + (h&a | b&(h|a))
		f += (bits.RotateLeft32(c, -6) ^ bits.RotateLeft32(c, -11) ^ bits.RotateLeft32(c, -25)) + (e ^ c&(d^e)) + k[10] + w[10]
		b += f
		f += (bits.RotateLeft32(g, -2) ^ bits.RotateLeft32(g, -13) ^ bits.RotateLeft32(g, -22)) + (g&h | a&(g|h))
		e += (bits.RotateLeft32(b, -6) ^ bits.RotateLeft32(b, -11) ^ bits.RotateLeft32(b, -25)) + (d ^ b&(c^d)) + k[11] + w[11]
		a += e
		e += (bits.RotateLeft32(f, -2) ^ bits.RotateLeft32(f, -13) ^ bits.RotateLeft32(f, -22)) + (f&g | h&(f|g))
		d += (bits.RotateLeft32(a, -6) ^ bits.RotateLeft32(a, -11) ^ bits.RotateLeft32(a, -25)) + (c ^ a&(b^c)) + k[12] + w[12]
		h += d
		d += (bits.RotateLeft32(e, -2) ^ bits.RotateLeft32(e, -13) ^ bits.RotateLeft32(e, -22)) + (e&f | g&(e|f))
		c += (bits.RotateLeft32(h, -6) ^ bits.RotateLeft32(h, -11) ^ bits.RotateLeft32(h, -25)) + (b ^ h&(a^b)) + k[13] + w[13]
		g += c
		c += (bits.RotateLeft32(d, -2) ^ bits.RotateLeft32(d, -13) ^ bits.RotateLeft32(d, -22)) + (d&e | f&(d|e))
		b += (bits.RotateLeft32(g, -6) ^ bits.RotateLeft32(g, -11) ^ bits.RotateLeft32(g, -25)) + (a ^ g&(h^a)) + k[14] + w[14]
		f += b
		b += (bits.RotateLeft32(c, -2) ^ bits.RotateLeft32(c, -13) ^ bits.RotateLeft32(c, -22)) + (c&d | e&(c|d))
		a += (bits.RotateLeft32(f, -6) ^ bits.RotateLeft32(f, -11) ^ bits.RotateLeft32(f, -25)) + (h ^ f&(g^h)) + k[15] + w[15]
		e += a
		a += (bits.RotateLeft32(b, -2) ^ bits.RotateLeft32(b, -13) ^ bits.RotateLeft32(b, -22)) + (b&c | d&(b|c))
	}
	state[0] += a
	state[1] += b
	state[2] += c
	state[3] += d
	state[4] += e
	state[5] += f
	state[6] += g
	state[7] += h
}

// expand replaces sixteen words of the message schedule by the next sixteen.
func expand(w *[16]uint32) {
	w[0] += (bits.RotateLeft32(w[1], -7) ^ bits.RotateLeft32(w[1], -18) ^ w[1]>>3) + w[9] + (bits.RotateLeft32(w[14], -17) ^ bits.RotateLeft32(w[14], -19) ^ w[14]>>10)
	w[1] += (bits.RotateLeft32(w[2], -7) ^ bits.RotateLeft32(w[2], -18) ^ w[2]>>3) + w[10] + (bits.RotateLeft32(w[15], -17) ^ bits.RotateLeft32(w[15], -19) ^ w[15]>>10)
	w[2] += (bits.RotateLeft32(w[3], -7) ^ bits.RotateLeft32(w[3], -18) ^ w[3]>>3) + w[11] + (bits.RotateLeft32(w[0], -17) ^ bits.RotateLeft32(w[0], -19) ^ w[0]>>10)
	w[3] += (bits.RotateLeft32(w[4], -7) ^ bits.RotateLeft32(w[4], -18) ^ w[4]>>3) + w[12] + (bits.RotateLeft32(w[1], -17) ^ bits.RotateLeft32(w[1], -19) ^ w[1]>>10)
	w[4] += (bits.RotateLeft32(w[5], -7) ^ bits.RotateLeft32(w[5], -18) ^ w[5]>>3) + w[13] + (bits.RotateLeft32(w[2], -17) ^ bits.RotateLeft32(w[2], -19) ^ w[2]>>10)
	w[5] += (bits.RotateLeft32(w[6], -7) ^ bits.RotateLeft32(w[6], -18) ^ w[6]>>3) + w[14] + (bits.RotateLeft32(w[3], -17) ^ bits.RotateLeft32(w[3], -19) ^ w[3]>>10)
	w[6] += (bits.RotateLeft32(w[7], -7) ^ bits.RotateLeft32(w[7], -18) ^ w[7]>>3) + w[15] + (bits.RotateLeft32(w[4], -17) ^ bits.RotateLeft32(w[4], -19) ^ w[4]>>10)
	w[7] += (bits.RotateLeft32(w[8], -7) ^ bits.RotateLeft32(w[8], -18) ^ w[8]>>3) + w[0] + (bits.RotateLeft32(w[5], -17) ^ bits.RotateLeft32(w[5], -19) ^ w[5]>>10)
	w[8] += (bits.RotateLeft32(w[9], -7) ^ bits.RotateLeft32(w[9], -18) ^ w[9]>>3) + w[1] + (bits.RotateLeft32(w[6], -17) ^ bits.RotateLeft32(w[6], -19) ^ w[6]>>10)
	w[9] += (bits.RotateLeft32(w[10], -7) ^ bits.RotateLeft32(w[10], -18) ^ w[10]>>3) + w[2] + (bits.RotateLeft32(w[7], -17) ^ bits.RotateLeft32(w[7], -19) ^ w[7]>>10)
	w[10] += (bits.RotateLeft32(w[11], -7) ^ bits.RotateLeft32(w[11], -18) ^ w[11]>>3) + w[3] + (bits.RotateLeft32(w[8], -17) ^ bits.RotateLeft32(w[8], -19) ^ w[8]>>10)
	w[11] += (bits.RotateLeft32(w[12], -7) ^ bits.RotateLeft32(w[12], -18) ^ w[12]>>3) + w[4] + (bits.RotateLeft32(w[9], -17) ^ bits.RotateLeft32(w[9], -19) ^ w[9]>>10)
	w[12] += (bits.RotateLeft32(w[13], -7) ^ bits.RotateLeft32(w[13], -18) ^ w[13]>>3) + w[5] + (bits.RotateLeft32(w[10], -17) ^ bits.RotateLeft32(w[10], -19) ^ w[10]>>10)
	w[13] += (bits.RotateLeft32(w[14], -7) ^ bits.RotateLeft32(w[14], -18) ^ w[14]>>3) + w[6] + (bits.RotateLeft32(w[11], -17) ^ bits.RotateLeft32(w[11], -19) ^ w[11]>>10)
	w[14] += (bits.RotateLeft32(w[15], -7) ^ bits.RotateLeft32(w[15], -18) ^ w[15]>>3) + w[7] + (bits.RotateLeft32(w[12], -17) ^ bits.RotateLeft32(w[12], -19) ^ w[12]>>10)
	w[15] += (bits.RotateLeft32(w[0], -7) ^ bits.RotateLeft32(w[0], -18) ^ w[0]>>3) + w[8] + (bits.RotateLeft32(w[13], -17) ^ bits.RotateLeft32(w[13], -19) ^ w[13]>>10)
}
