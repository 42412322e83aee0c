package intake

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
)

// checkEncoding returns the body of a request. If it is chunked, a malformed encoding is
// errMalformed: net/http has no exported errors for it, and tusd takes an unknown error
// for one of the server.
func checkEncoding(r *http.Request) io.ReadCloser {
	if len(r.TransferEncoding) == 0 {
		return r.Body
	}
	return chunkedBody{r.Body}
}

type chunkedBody struct{ io.ReadCloser }

func (b chunkedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !isTransport(err) {
		err = errMalformed
	}
	return n, err
}

// isTransport reports whether a body ended by itself, with its connection, at a deadline,
// or because it was closed.
func isTransport(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, http.ErrBodyReadAfterClose) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &network)
}
