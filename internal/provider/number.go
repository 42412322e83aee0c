package provider

import (
	"crypto/sha256"
	"encoding/hex"
)

// KeyNumber returns Limits.Number for an API where only the key identifies the phone
// number: a fingerprint of the key.
//
// It does not reveal the key: keys are random and too long for a search, and the prefix
// makes the digest useless for comparison with other digests of the key. It has 64 bits:
// among a thousand numbers the probability of a collision is 1 in 10^13.
func KeyNumber(api string, key Secret) string {
	sum := sha256.Sum256([]byte("mediarelay: the phone number of a key at " + api + "\x00" + key.Reveal()))
	return api + "/" + hex.EncodeToString(sum[:8])
}
