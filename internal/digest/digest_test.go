package digest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"mediarelay/internal/digest"
	"mediarelay/internal/media"
)

// The examples of FIPS 180-4's author, NIST's "Cryptographic Standards and
// Guidelines: SHA-256", and the long one of the CAVS suite.
func TestKnownSums(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"one block", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{
			"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
		},
		{
			"a million bytes", string(bytes.Repeat([]byte("a"), 1_000_000)),
			"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := digest.New()
			d.Write([]byte(c.in))
			if got := string(d.AppendSum(nil)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Every length, so every boundary of a block and of its padding.
func TestEachLengthOfThreeBlocks(t *testing.T) {
	content := make([]byte, 3*64)
	for i := range content {
		content[i] = byte(i * 7)
	}
	for n := range len(content) + 1 {
		d := digest.New()
		d.Write(content[:n])
		if got, want := string(d.AppendSum(nil)), standard(content[:n]); got != want {
			t.Errorf("%d bytes: got %s, want %s", n, got, want)
		}
	}
}

// However the bytes are split, and even if the sum is read in between, it is that of
// the standard library.
func TestPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 300)).Draw(t, "pieces")
		d := digest.New()
		var whole []byte
		for _, p := range pieces {
			d.Write(p)
			whole = append(whole, p...)
			if got, want := string(d.AppendSum(nil)), standard(whole); got != want {
				t.Fatalf("after %d bytes: got %s, want %s", len(whole), got, want)
			}
		}
	})
}

// A sum is appended in the form that media.IsSHA256 accepts.
func TestAppendSum(t *testing.T) {
	sum := digest.New().AppendSum([]byte("sha256:"))
	prefix, digits := string(sum[:7]), string(sum[7:])
	if prefix != "sha256:" || len(digits) != digest.Size || !media.IsSHA256(digits) {
		t.Errorf("got %q", sum)
	}
}

func FuzzWrite(f *testing.F) {
	f.Add([]byte("abc"), 1)
	f.Add(make([]byte, 200), 64)
	f.Fuzz(func(t *testing.T, content []byte, cut int) {
		cut = min(max(cut, 0), len(content))
		d := digest.New()
		d.Write(content[:cut])
		d.Write(content[cut:])
		if got, want := string(d.AppendSum(nil)), standard(content); got != want {
			t.Errorf("cut at %d: got %s, want %s", cut, got, want)
		}
	})
}

// BenchmarkWrite writes 1 MiB per call, as the worker does.
func BenchmarkWrite(b *testing.B) {
	piece := make([]byte, 1<<20)
	b.SetBytes(int64(len(piece)))
	d := digest.New()
	for b.Loop() {
		d.Write(piece)
	}
}

func standard(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
