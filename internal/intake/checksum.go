package intake

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // tus requires it of every server, to detect damage, not forgery
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
// Source: tus 1.0.0, Checksum: a server must support at least sha1.
const checksumAlgorithms = "sha256,sha1"

// The reasons to discard a chunk that arrived completely.
var (
	errDamaged = errors.New("intake: the chunk does not match its checksum")
	errBeyond  = errors.New("intake: the chunk exceeds the upload's length")
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

// checkedBody is a request's body with a checksum. It is hashed while it is read, so a
// chunk of any size is never held in memory.
type checkedBody struct {
	io.ReadCloser
	hash hash.Hash
	want []byte
	read int64
	// complete is set once the end of the body was read. tusd's reader also ends, without
	// an error, when the connection breaks, times out or a newer request takes over.
	complete bool
}

// newCheckedBody parses the Upload-Checksum header; nil, nil without one.
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
	_, _ = b.hash.Write(p[:n]) // never fails: see hash.Hash
	b.complete = b.complete || errors.Is(err, io.EOF)
	return n, err
}

// check verifies a chunk of which stored bytes were written. The bytes of an
// incomplete body cannot be verified and are kept: the client resumes after them,
// and damage is found by the digest of the whole file.
func (b *checkedBody) check(stored int64) error {
	switch {
	case b.read > stored: // tusd's reader stops at the upload's length
		return errBeyond
	case b.complete && !bytes.Equal(b.hash.Sum(nil), b.want):
		return errDamaged
	default:
		return nil
	}
}

type checkedBodyKey struct{}

// withChecksum replaces the body of a request and puts it into the context, for the
// store to check.
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
