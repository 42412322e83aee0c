package store

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// sizedReader gives reads of the given sizes, as a socket does, and records the sizes of
// the buffers.
type sizedReader struct {
	data    io.Reader
	sizes   []int
	buffers []int
}

func (r *sizedReader) Read(p []byte) (int, error) {
	r.buffers = append(r.buffers, len(p))
	if len(r.sizes) == 0 {
		return 0, io.EOF
	}
	size := min(r.sizes[0], len(p))
	r.sizes = r.sizes[1:]
	return io.ReadFull(r.data, p[:size])
}

func TestLargeBufferOnlyWhileMoreIsWaiting(t *testing.T) {
	content := make([]byte, 2<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content) // never fails
	body := &sizedReader{data: bytes.NewReader(content), sizes: []int{100, 64 << 10, 256 << 10, 256 << 10, 7000, 50, 4 << 10, 0}}
	var stored bytes.Buffer
	n, err := copyTo(&stored, body)
	if err != nil || n != int64(stored.Len()) || !bytes.Equal(stored.Bytes(), content[:n]) {
		t.Fatalf("%d bytes, %v: the copy differs", n, err)
	}
	const s, l = smallBuffer, largeBuffer
	if want := []int{s, s, l, l, l, s, s, l, s}; !slices.Equal(body.buffers, want) {
		t.Errorf("buffers %v, want %v", body.buffers, want)
	}
	if used := copyBuffers.largeInUse.Load(); used != 0 {
		t.Errorf("%d large buffers are in use after the copy", used)
	}
}

func TestLargeBuffersAreBounded(t *testing.T) {
	var b buffers
	b.small.New, b.large.New = copyBuffers.small.New, copyBuffers.large.New
	var taken []*[]byte
	for range maxLargeBuffers {
		taken = append(taken, b.get(true))
	}
	if extra := b.get(true); len(*extra) != smallBuffer {
		t.Errorf("buffer %d of %d bytes, want a small one", maxLargeBuffers+1, len(*extra))
	}
	b.put(taken[0])
	if again := b.get(true); len(*again) != largeBuffer {
		t.Errorf("after one came back: %d bytes, want a large one", len(*again))
	}
}
