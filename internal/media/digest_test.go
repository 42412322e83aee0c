package media_test

import (
	"strings"
	"testing"

	"mediarelay/internal/media"
)

func TestIsSHA256(t *testing.T) {
	digest := strings.Repeat("0123456789abcdef", 4)
	for s, want := range map[string]bool{
		digest: true, "": false, digest[1:]: false, digest + "0": false, strings.ToUpper(digest): false,
		digest[1:] + "g": false, digest[1:] + "\n": false, digest + "\n": false, digest[2:] + "é": false,
	} {
		if got := media.IsSHA256(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}
