// Package inflate decompresses DEFLATE data (RFC 1951) of untrusted files.
//
// compress/flate would bring fmt into the browser's download, which costs more than
// all of package probe. This package has no streaming: it leaves finding the data,
// and limiting how much is read, to its caller.
package inflate

// Bytes decompresses up to limit bytes. If the data is damaged, it returns what
// precedes the damage.
func Bytes(compressed []byte, limit int) []byte {
	z := &inflater{in: compressed, limit: limit}
	for last := false; !last && !z.done(); {
		last = z.take(1) == 1
		switch z.take(2) {
		case 0:
			z.stored()
		case 1:
			z.block(fixedLiterals(), fixedDistances())
		case 2:
			z.dynamic()
		default:
			z.damaged = true
		}
	}
	return z.out
}

type inflater struct {
	in      []byte
	at      int // next byte of in
	hold    uint32
	held    int // bits in hold
	out     []byte
	limit   int
	damaged bool
}

func (z *inflater) done() bool { return z.damaged || len(z.out) >= z.limit }

// take reads n bits, the lowest first.
func (z *inflater) take(n int) int {
	for z.held < n {
		if z.at >= len(z.in) {
			z.damaged = true
			return 0
		}
		z.hold |= uint32(z.in[z.at]) << z.held
		z.at++
		z.held += 8
	}
	v := int(z.hold & (1<<n - 1))
	z.hold >>= n
	z.held -= n
	return v
}

// stored copies an uncompressed block (section 3.2.4).
func (z *inflater) stored() {
	z.hold, z.held = 0, 0
	if z.at+4 > len(z.in) {
		z.damaged = true
		return
	}
	n := int(z.in[z.at]) | int(z.in[z.at+1])<<8
	z.at += 4
	n = min(n, len(z.in)-z.at, z.limit-len(z.out))
	z.out = append(z.out, z.in[z.at:z.at+n]...)
	z.at += n
}

// maxCodeBits is the longest Huffman code (section 3.2.7).
const maxCodeBits = 15

// huffman is a canonical Huffman code: the number of symbols of each length, and the
// symbols ordered by their codes.
type huffman struct {
	counts  [maxCodeBits + 1]int
	symbols []int
}

func newHuffman(lengths []int) huffman {
	h := huffman{symbols: make([]int, len(lengths))}
	for _, n := range lengths {
		h.counts[n]++
	}
	h.counts[0] = 0
	var offsets [maxCodeBits + 2]int
	for n := 1; n <= maxCodeBits; n++ {
		offsets[n+1] = offsets[n] + h.counts[n]
	}
	for symbol, n := range lengths {
		if n > 0 {
			h.symbols[offsets[n]] = symbol
			offsets[n]++
		}
	}
	return h
}

// symbol reads one symbol bit by bit: codes of the same length are consecutive.
func (z *inflater) symbol(h huffman) int {
	code, first, index := 0, 0, 0
	for n := 1; n <= maxCodeBits; n++ {
		code |= z.take(1)
		if count := h.counts[n]; code-first < count {
			return h.symbols[index+code-first]
		}
		index += h.counts[n]
		first = (first + h.counts[n]) << 1
		code <<= 1
	}
	z.damaged = true
	return 0
}

func repeat(lengths []int, length, n int) []int {
	for range n {
		lengths = append(lengths, length)
	}
	return lengths
}

// fixedLiterals is the fixed code of section 3.2.6.
func fixedLiterals() huffman {
	return newHuffman(repeat(repeat(repeat(repeat(nil, 8, 144), 9, 112), 7, 24), 8, 8))
}

func fixedDistances() huffman { return newHuffman(repeat(nil, 5, 30)) }

const endOfBlock = 256

func (z *inflater) block(literals, distances huffman) {
	for !z.done() {
		switch symbol := z.symbol(literals); {
		case z.damaged || symbol == endOfBlock:
			return
		case symbol < endOfBlock:
			z.out = append(z.out, byte(symbol))
		default:
			z.copy(symbol-endOfBlock-1, distances)
		}
	}
}

// copy repeats earlier output (section 3.2.5).
func (z *inflater) copy(lengthCode int, distances huffman) {
	length := z.length(lengthCode)
	code := z.symbol(distances)
	if code >= 30 {
		z.damaged = true
		return
	}
	distance := 1 + code
	if code >= 4 {
		extra := code/2 - 1
		distance = 1 + (2+code%2)<<extra + z.take(extra)
	}
	if z.damaged || distance > len(z.out) {
		z.damaged = true
		return
	}
	for range min(length, z.limit-len(z.out)) {
		z.out = append(z.out, z.out[len(z.out)-distance])
	}
}

func (z *inflater) length(code int) int {
	const longest = 28
	switch {
	case code < 8:
		return 3 + code
	case code == longest:
		return 258
	case code > longest:
		z.damaged = true
		return 0
	}
	extra := code/4 - 1
	return 3 + (4+code%4)<<extra + z.take(extra)
}

// dynamic reads a block with codes of its own (section 3.2.7).
func (z *inflater) dynamic() {
	order := []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	literals, distances, count := 257+z.take(5), 1+z.take(5), 4+z.take(4)
	lengths := make([]int, len(order))
	for _, symbol := range order[:min(count, len(order))] {
		lengths[symbol] = z.take(3)
	}
	all := z.lengths(newHuffman(lengths), literals+distances)
	if len(all) == literals+distances && !z.damaged {
		z.block(newHuffman(all[:literals]), newHuffman(all[literals:]))
		return
	}
	z.damaged = true
}

func (z *inflater) lengths(h huffman, n int) []int {
	var lengths []int
	for len(lengths) < n && !z.damaged {
		switch symbol := z.symbol(h); {
		case symbol < 16:
			lengths = append(lengths, symbol)
		case symbol == 16 && len(lengths) > 0:
			lengths = repeat(lengths, lengths[len(lengths)-1], 3+z.take(2))
		case symbol == 17:
			lengths = repeat(lengths, 0, 3+z.take(3))
		case symbol == 18:
			lengths = repeat(lengths, 0, 11+z.take(7))
		default:
			z.damaged = true
		}
	}
	return lengths
}
