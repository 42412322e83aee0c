package provider

import (
	"crypto/sha256"
	"encoding/hex"
)

// KeyNumber is Limits.Number where nothing but the key names a phone number: a
// fingerprint, the same for everybody who uses the key.
//
// It tells nothing of the key. Keys are random, far longer than anybody can go
// through, so there is no other way from a digest to its text; what goes before
// the key keeps this digest from being compared with any other of the same key.
// 64 bits tell numbers apart: among a thousand, two are alike once in 10^13.
func KeyNumber(api string, key Secret) string {
	sum := sha256.Sum256([]byte("mediarelay: the phone number of a key at " + api + "\x00" + key.Reveal()))
	return api + "/" + hex.EncodeToString(sum[:8])
}
