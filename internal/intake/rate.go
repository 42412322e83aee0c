package intake

import (
	"io"
	"os"
	"time"
)

// leastRate is what a client must send on average over a window, in bytes a
// second. tusd renews its read deadline with every byte, so one byte now and
// then would hold a connection for ever.
const leastRate = 1 << 10

// rateReader ends a body that comes slower than leastRate as if it had timed
// out; what came before is kept.
type rateReader struct {
	io.ReadCloser
	window time.Duration
	began  time.Time
	bytes  int64
}

func newRateReader(body io.ReadCloser, window time.Duration) io.ReadCloser {
	if body == nil {
		return nil
	}
	return &rateReader{ReadCloser: body, window: window, began: time.Now()}
}

func (r *rateReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.bytes += int64(n)
	elapsed := time.Since(r.began)
	if elapsed < r.window || err != nil {
		return n, err
	}
	if r.bytes < int64(elapsed.Seconds()*leastRate) {
		return n, os.ErrDeadlineExceeded
	}
	r.began, r.bytes = time.Now(), 0
	return n, nil
}
