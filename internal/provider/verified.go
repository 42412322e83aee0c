package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// ErrAltered: the downloaded bytes are not those that the API described.
var ErrAltered = errors.New("provider: the downloaded bytes do not match their size or digest")

// Verified returns a reader of body that fails with ErrAltered, at the end, unless the
// bytes match the size and digest in info. If info has no digest, it returns body.
func Verified(body io.ReadCloser, info Info) io.ReadCloser {
	if info.SHA256 == "" {
		return body
	}
	return &verified{Body: NewBody(body, info.Size), sum: sha256.New(), want: info.SHA256}
}

type verified struct {
	*Body
	sum  hash.Hash
	want string
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.Body.Read(p)
	v.sum.Write(p[:n])
	switch {
	case errors.Is(err, ErrBodyLength):
		return n, ErrAltered
	case errors.Is(err, io.EOF) && hex.EncodeToString(v.sum.Sum(nil)) != v.want:
		return n, ErrAltered
	}
	return n, err
}
