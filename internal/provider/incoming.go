package provider

import (
	"context"
	"errors"
	"io"
	"time"
)

// maxAnswerBytes bounds what is read of an answer: the APIs' JSON has a few
// hundred bytes, and a proxy may send anything.
const maxAnswerBytes = 64 << 10

// answerTimeout bounds the reading of a JSON answer, once its header is there.
const answerTimeout = 30 * time.Second

func readAnswer(body io.ReadCloser) ([]byte, error) {
	defer time.AfterFunc(answerTimeout, func() { _ = body.Close() }).Stop()
	return io.ReadAll(io.LimitReader(body, maxAnswerBytes))
}

// incoming is an answer's body. It gives up on a peer that no longer sends, and
// ends the request's context when it is closed, which also frees a connection
// whose answer was not read to its end.
type incoming struct {
	from io.ReadCloser
	ctx  context.Context
	stop context.CancelCauseFunc
}

func (i *incoming) Read(p []byte) (int, error) {
	watch := time.AfterFunc(StallTimeout, func() { i.stop(ErrStalled) })
	defer watch.Stop()
	n, err := i.from.Read(p)
	if cause := context.Cause(i.ctx); err != nil && !errors.Is(err, io.EOF) && cause != nil {
		err = cause
	}
	return n, err
}

func (i *incoming) Close() error {
	i.stop(nil)
	return i.from.Close()
}
