package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// ErrAltered says that downloaded bytes are not those that were described.
var ErrAltered = errors.New("provider: the downloaded bytes differ from the size or digest that was given")

// Verified reads body and fails with ErrAltered, at its end, unless the bytes
// are those of info. Without a digest there is nothing to compare with.
func Verified(body io.ReadCloser, info Info) io.ReadCloser {
	if info.SHA256 == "" {
		return body
	}
	return &verified{
		Closer: body, from: Exactly(body, info.Size),
		sum: sha256.New(), want: info.SHA256,
	}
}

type verified struct {
	io.Closer
	from io.Reader
	sum  hash.Hash
	want string
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.from.Read(p)
	v.sum.Write(p[:n])
	switch {
	case errors.Is(err, ErrBodyLength):
		return n, ErrAltered
	case errors.Is(err, io.EOF) && hex.EncodeToString(v.sum.Sum(nil)) != v.want:
		return n, ErrAltered
	}
	return n, err
}
