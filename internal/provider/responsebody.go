package provider

import (
	"context"
	"errors"
	"io"
	"time"
)

// maxResponseBytes is how much of a JSON response is read: the APIs send a few
// hundred bytes, and a proxy may send anything.
const maxResponseBytes = 64 << 10

// responseTimeout is how long reading a JSON response may take after its header.
const responseTimeout = 30 * time.Second

func readResponse(body io.ReadCloser) ([]byte, error) {
	defer time.AfterFunc(responseTimeout, func() { _ = body.Close() }).Stop()
	return io.ReadAll(io.LimitReader(body, maxResponseBytes))
}

// responseBody fails with ErrStalled if the API stops sending. Close cancels the
// request's context, which also frees a connection whose response was not read to
// the end.
type responseBody struct {
	from io.ReadCloser
	ctx  context.Context
	stop context.CancelCauseFunc
}

func (b *responseBody) Read(p []byte) (int, error) {
	watch := time.AfterFunc(StallTimeout, func() { b.stop(ErrStalled) })
	defer watch.Stop()
	n, err := b.from.Read(p)
	if cause := context.Cause(b.ctx); err != nil && !errors.Is(err, io.EOF) && cause != nil {
		err = cause
	}
	return n, err
}

func (b *responseBody) Close() error {
	b.stop(nil)
	return b.from.Close()
}
