package probe

import (
	"bytes"
	"compress/flate"
	"math/rand/v2"
	"strings"
	"testing"
)

// What the standard library packs, in every way it can, comes out whole; a limit
// and a cut give the front of it.
func TestInflate(t *testing.T) {
	random := make([]byte, 70_000)
	source := rand.NewPCG(1, 2)
	for i := range random {
		random[i] = byte(source.Uint64())
	}
	for name, plain := range map[string]string{
		"empty":    "",
		"a word":   "word",
		"repeats":  strings.Repeat("<Override PartName=\"/main.xml\"/>", 5000),
		"random":   string(random),
		"run":      strings.Repeat("a", 100_000),
		"distance": string(random[:40_000]) + strings.Repeat("x", 300) + string(random[:40_000]),
	} {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			packed := pack(t, plain, level)
			if got := inflate(packed, len(plain)+1); string(got) != plain {
				t.Errorf("%s at level %d: %d bytes came out, want %d", name, level, len(got), len(plain))
			}
			if got := inflate(packed, len(plain)/2); string(got) != plain[:len(plain)/2] {
				t.Errorf("%s at level %d: the limit was not kept or the front is wrong", name, level)
			}
			if got := inflate(packed[:len(packed)/2], len(plain)); !strings.HasPrefix(plain, string(got)) {
				t.Errorf("%s at level %d: a cut gave something else", name, level)
			}
		}
	}
}

func pack(t *testing.T, plain string, level int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func FuzzInflate(f *testing.F) {
	f.Add([]byte("\x4b\x4c\x02\x00"))
	f.Add([]byte("\x05\xc0\x81\x08\x00\x00\x00\x00\x20\x7f\xeb\x03"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		const limit = 1 << 16
		if got := inflate(packed, limit); len(got) > limit {
			t.Errorf("%d bytes above the limit", len(got)-limit)
		}
	})
}
