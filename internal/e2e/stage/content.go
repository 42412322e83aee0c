package stage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/jpeg"
	"testing"
	"time"
)

// Notes is a text of a size in bytes. Each of its lines is different.
func Notes(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		b.WriteString(time.Unix(int64(i)*61, 0).UTC().Format(time.RFC1123) + " notes\n")
	}
	return b.Bytes()[:size]
}

// Digest is the SHA-256 of some content, in hex.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Photo is a small JPEG.
func Photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 320, 200), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
