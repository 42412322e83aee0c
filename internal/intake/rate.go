package intake

import (
	"io"
	"os"
	"time"
)

// minRate is the minimum average rate over a window, in bytes per second. tusd renews
// its read deadline with every byte, so a client could otherwise hold a connection
// open by sending one byte at a time.
const minRate = 1 << 10

// rateReader fails with a timeout if a body is slower than minRate. The bytes read
// before are stored.
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
	if r.bytes < int64(elapsed.Seconds()*minRate) {
		return n, os.ErrDeadlineExceeded
	}
	r.began, r.bytes = time.Now(), 0
	return n, nil
}
