package input

// Bits reads numbers of any width from B, the highest bit first. Past the end it
// returns zero and sets Short.
type Bits struct {
	B     []byte
	Short bool
	at    int // in bits
}

// Read reads n bits.
func (r *Bits) Read(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

func (r *Bits) bit() int {
	if r.at >= 8*len(r.B) {
		r.Short = true
		return 0
	}
	v := int(r.B[r.at/8]>>(7-r.at%8)) & 1
	r.at++
	return v
}

// ExpGolomb reads an unsigned Exp-Golomb code (ue(v) in ITU-T H.264, section 9.1).
// A code of more than 31 leading zeros sets Short.
func (r *Bits) ExpGolomb() int {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; zeros > 31 || r.Short {
			r.Short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.Read(zeros)
}
