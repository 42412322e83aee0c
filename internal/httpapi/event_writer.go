package httpapi

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// streamTiming is the timing of an event stream.
type streamTiming struct {
	// heartbeat is the interval of comments that keep proxies from closing an idle
	// stream.
	heartbeat time.Duration
	// poll is how often the stream of one upload reads it for changes that this process is
	// not notified of: those by another replica, and bytes that arrived.
	poll time.Duration
	// write is how long a client may take to accept one event.
	write time.Duration
}

// defaultTiming sends heartbeats well within the shortest usual timeout of a proxy:
// nginx's proxy_read_timeout, 60 s.
var defaultTiming = streamTiming{heartbeat: 15 * time.Second, poll: time.Second, write: 10 * time.Second}

// eventWriter writes server-sent events to one client.
type eventWriter struct {
	writer gin.ResponseWriter
	// timeout is how long the client may take to accept one event.
	timeout time.Duration
}

func (h uploadHandler) eventWriter(c *gin.Context) eventWriter {
	return eventWriter{writer: c.Writer, timeout: h.timing.write}
}

func (w eventWriter) begin() {
	h := w.writer.Header()
	h.Set("Content-Type", "text/event-stream")
	// nginx would otherwise collect events until its buffer is full.
	h.Set("X-Accel-Buffering", "no")
	w.writer.WriteHeader(http.StatusOK)
}

// write sends one event. It fails if the client does not accept it in time.
func (w eventWriter) write(text string) error {
	control := http.NewResponseController(w.writer)
	if err := control.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
		return err
	}
	if _, err := w.writer.WriteString(text); err != nil {
		return err
	}
	return control.Flush()
}
