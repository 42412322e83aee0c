package probe

// bits reads numbers of any width, the highest bit first. Past the end it gives
// zero and remembers that it was short.
type bits struct {
	b     []byte
	at    int
	short bool
}

func (r *bits) read(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

func (r *bits) bit() int {
	if r.at >= 8*len(r.b) {
		r.short = true
		return 0
	}
	v := int(r.b[r.at/8]>>(7-r.at%8)) & 1
	r.at++
	return v
}

// unsigned reads an Exp-Golomb code (ITU-T H.264, section 9.1), at most 32 bits.
func (r *bits) unsigned() int {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; zeros > 31 || r.short {
			r.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.read(zeros)
}
