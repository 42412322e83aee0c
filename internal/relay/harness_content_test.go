package relay_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"slices"
	"sync"
)

// picture makes a JPEG of some kilobytes that no other seed gives.
func picture(seed int) []byte { return withComments(fmt.Appendf(nil, "picture %d", seed)) }

// large makes a JPEG of 4 MB, more than the buffers of a connection hold.
func large(seed int) []byte { return long(64, seed) }

// long makes a JPEG of so many times 64 KB.
func long(times, seed int) []byte {
	const longest = 0xffff - 2
	return withComments(slices.Repeat([][]byte{make([]byte, longest), fmt.Appendf(nil, "picture %d", seed)}, times)...)
}

// withComments puts comments behind a JPEG's first two bytes.
func withComments(comments ...[]byte) []byte {
	content := slices.Clone(plain()[:2])
	for _, comment := range comments {
		content = append(content, 0xff, 0xfe)
		content = binary.BigEndian.AppendUint16(content, uint16(len(comment)+2))
		content = append(content, comment...)
	}
	return append(content, plain()[2:]...)
}

var plain = sync.OnceValue(func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i*3 + i/7)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		panic(err) // an encoder in memory does not fail
	}
	return b.Bytes()
})

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
