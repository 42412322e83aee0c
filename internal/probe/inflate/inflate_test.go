package inflate

import (
	"bytes"
	"compress/flate"
	"math/rand/v2"
	"strings"
	"testing"
)

// Data compressed by the standard library at every level is decompressed completely; a
// limit or truncated input gives a prefix.
func TestBytes(t *testing.T) {
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
			compressed := compress(t, plain, level)
			if got := Bytes(compressed, len(plain)+1); string(got) != plain {
				t.Errorf("%s at level %d: got %d bytes, want %d", name, level, len(got), len(plain))
			}
			if got := Bytes(compressed, len(plain)/2); string(got) != plain[:len(plain)/2] {
				t.Errorf("%s at level %d: got %d bytes with a limit of %d, or the wrong ones", name, level, len(got), len(plain)/2)
			}
			if got := Bytes(compressed[:len(compressed)/2], len(plain)); !strings.HasPrefix(plain, string(got)) {
				t.Errorf("%s at level %d: truncated input gave something other than a prefix", name, level)
			}
		}
	}
}

func compress(t *testing.T, plain string, level int) []byte {
	t.Helper()
	var compressed bytes.Buffer
	w, err := flate.NewWriter(&compressed, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return compressed.Bytes()
}

func FuzzBytes(f *testing.F) {
	f.Add([]byte("\x4b\x4c\x02\x00"))
	f.Add([]byte("\x05\xc0\x81\x08\x00\x00\x00\x00\x20\x7f\xeb\x03"))
	f.Fuzz(func(t *testing.T, compressed []byte) {
		const limit = 1 << 16
		if got := Bytes(compressed, limit); len(got) > limit {
			t.Errorf("got %d bytes, limit %d", len(got), limit)
		}
	})
}
