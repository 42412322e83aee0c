package intake

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // tus asks every server for it; it finds damage here, not forgery
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"io"
	"net/http"
	"strings"

	"mediarelay/internal/problem"
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// checksumAlgorithms are the values of Tus-Checksum-Algorithm.
//
// Source: tus 1.0.0, Checksum: a server must take sha1 at least.
const checksumAlgorithms = "sha256,sha1"

// What is wrong with a chunk that came whole.
var (
	errDamaged = errors.New("intake: the chunk is not what its checksum says")
	errBeyond  = errors.New("intake: the chunk reaches beyond the upload's length")
)

func newChecksum(algorithm string) hash.Hash {
	switch algorithm {
	case "sha256":
		return sha256.New()
	case "sha1":
		return sha1.New() //nolint:gosec // as above
	default:
		return nil
	}
}

// checkedBody is a request's body that came with a checksum. It is read as it
// comes, so a chunk of any size needs no memory of its own.
type checkedBody struct {
	io.ReadCloser
	hash hash.Hash
	want []byte
	read int64
	// whole is set when the body's own end was read. tusd's reader ends alike
	// after a broken line, a time-out and a newer request.
	whole bool
}

// newCheckedBody reads the Upload-Checksum header; nil, nil without one.
//
// Source: tus 1.0.0, Checksum: the algorithm, a space, the digest in base64.
func newCheckedBody(r *http.Request) (*checkedBody, error) {
	headers := r.Header.Values(tusproto.HeaderChecksum)
	if len(headers) == 0 {
		return nil, nil
	}
	algorithm, digest, found := strings.Cut(headers[0], " ")
	if !found || len(headers) > 1 {
		return nil, badRequest("Upload-Checksum must be one algorithm, one space and the digest of the body in base64.")
	}
	h := newChecksum(algorithm)
	if h == nil {
		return nil, problem.New(http.StatusBadRequest, reason.ProblemChecksumUnsupported,
			"Use one of these algorithms in Upload-Checksum: "+checksumAlgorithms+".", reason.Text("algorithms", checksumAlgorithms))
	}
	want, err := base64.StdEncoding.Strict().DecodeString(digest)
	if err != nil || len(want) != h.Size() {
		return nil, badRequest("The digest in Upload-Checksum must be %d bytes in base64, with padding.", h.Size())
	}
	return &checkedBody{ReadCloser: r.Body, hash: h, want: want}, nil
}

func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	_, _ = b.hash.Write(p[:n]) // never fails, by its documentation
	b.whole = b.whole || errors.Is(err, io.EOF)
	return n, err
}

// check judges a chunk of which so many bytes are stored. The bytes of a body
// that broke off cannot be judged and stay: the client goes on behind them, and
// the digest of the whole file finds what is wrong with them.
func (b *checkedBody) check(stored int64) error {
	switch {
	case b.read > stored: // tusd's reader stops at the upload's length
		return errBeyond
	case b.whole && !bytes.Equal(b.hash.Sum(nil), b.want):
		return errDamaged
	default:
		return nil
	}
}

type checkedBodyKey struct{}

// withChecksum puts a request's checksum around its body and beside it, where
// the store finds it.
func withChecksum(r *http.Request, body *checkedBody) *http.Request {
	if body == nil {
		return r
	}
	r = r.WithContext(context.WithValue(r.Context(), checkedBodyKey{}, body))
	r.Body = body
	return r
}

func checkedBodyFrom(ctx context.Context) (*checkedBody, bool) {
	body, ok := ctx.Value(checkedBodyKey{}).(*checkedBody)
	return body, ok
}
