package input_test

import (
	"bytes"
	"testing"

	"mediarelay/internal/probe/input"
)

func TestFields(t *testing.T) {
	f := input.Fields{B: []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	if a, b, c := f.U8(), f.U16(), f.U32(); a != 1 || b != 0x0203 || c != 0x04050607 {
		t.Errorf("got %#x, %#x, %#x, want 0x1, 0x203, 0x4050607", a, b, c)
	}
	if n := f.U64(); n != 0 || !f.Short {
		t.Errorf("past the end: got %d, short %t, want 0 and short", n, f.Short)
	}
}

// The codes are those of ITU-T H.264, table 9-2.
func TestExpGolomb(t *testing.T) {
	bits := input.Bits{B: []byte{0b1_010_011_0, 0b0100_0010, 0b1_0000000}}
	for want := range 5 {
		if got := bits.ExpGolomb(); got != want || bits.Short {
			t.Errorf("got %d, short %t, want %d", got, bits.Short, want)
		}
	}
	if got := bits.ExpGolomb(); got != 0 || !bits.Short {
		t.Errorf("past the end: got %d, short %t, want 0 and short", got, bits.Short)
	}
}

func TestFileStopsAtItsBudget(t *testing.T) {
	const size = 2 << 20
	content := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	f := input.NewFile(bytes.NewReader(content), size)
	if b := f.At(4090, 12); string(b) != string(content[4090:4102]) {
		t.Errorf("across two pages: got %q", b)
	}
	if b := f.At(0, size); len(b) != 1<<20-2*input.PageBytes || f.Left() != 0 || !f.Exhausted() {
		t.Errorf("got %d bytes, %d left, exhausted %t", len(b), f.Left(), f.Exhausted())
	}
}

func TestWindowShowsEveryByte(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	w := input.NewWindow(input.NewFile(bytes.NewReader(content), int64(len(content))))
	var got []byte
	w.Each(7, int64(len(content))-7, func(piece []byte) bool {
		got = append(got, piece...)
		return true
	})
	if !bytes.Equal(got, content[7:len(content)-7]) {
		t.Errorf("got %d bytes, want the %d of the range", len(got), len(content)-14)
	}
}
