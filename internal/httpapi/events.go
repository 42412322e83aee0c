package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
)

// pace is the clock of a stream of events.
type pace struct {
	// heartbeat keeps proxies from closing a silent stream.
	heartbeat time.Duration
	// poll finds what this process did not do itself: changes by another replica,
	// and bytes that arrived.
	poll time.Duration
	// write is how long a client may take to accept one event.
	write time.Duration
}

// standardPace stays below the shortest usual patience of a proxy: nginx's
// proxy_read_timeout, 60 s.
var standardPace = pace{heartbeat: 15 * time.Second, poll: time.Second, write: 10 * time.Second}

// stream is one client that watches one upload.
type stream struct {
	reports     uploadReports
	lang        string
	channel, id string
	writer      gin.ResponseWriter
	// seen is the version that the client knows, and offset where it is.
	seen   int64
	offset int64
}

// events sends the current state first, then each change, until the upload has
// ended, the token has, the client goes, or the server stops. An event's id is
// the row's version: a client that comes back with it hears only what is newer.
func (r uploadReports) events(c *gin.Context) {
	claims := claimsOf(c)
	ctx, cancel := context.WithDeadline(c.Request.Context(), claims.ExpiresAt.Add(auth.Leeway))
	defer cancel()
	changes, stop := r.uploads.Subscribe(c.Param("id"))
	defer stop()

	current, err := r.report(ctx, languageOf(c), claims.Channel, c.Param("id"))
	if err != nil {
		fail(c, r.logger, err)
		return
	}
	s := &stream{reports: r, lang: languageOf(c), channel: claims.Channel, id: c.Param("id"), writer: c.Writer, seen: lastEventID(c.Request)}
	if current.body.State.Ended() && s.seen == current.version {
		// The client has heard the end. 204 is how it learns not to come back.
		// Source: HTML standard, server-sent events, "processing model".
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return
	}
	s.begin()
	if err := s.run(ctx, current, changes); err != nil {
		r.logger.DebugContext(ctx, "event stream ended", "upload", s.id, "reason", err.Error())
	}
}

func lastEventID(r *http.Request) int64 {
	version, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return -1
	}
	return version
}

func (s *stream) begin() {
	h := s.writer.Header()
	h.Set("Content-Type", "text/event-stream")
	// nginx would otherwise collect events until its buffer is full.
	h.Set("X-Accel-Buffering", "no")
	s.writer.WriteHeader(http.StatusOK)
}

func (s *stream) run(ctx context.Context, current report, changes <-chan struct{}) error {
	s.offset = current.body.Offset
	if err := s.first(current); err != nil || current.body.State.Ended() {
		return err
	}
	beat, poll := time.NewTicker(s.reports.pace.heartbeat), time.NewTicker(s.reports.pace.poll)
	defer beat.Stop()
	defer poll.Stop()
	for {
		var ended bool
		var err error
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-beat.C:
			err = s.write(": still here\n\n")
		case <-changes:
			ended, err = s.look(ctx, false)
		case <-poll.C:
			ended, err = s.look(ctx, true)
		}
		if err != nil || ended {
			return err
		}
	}
}

// first sends the current state, or opens the stream with a comment where the
// client knows the state already. While bytes arrive it cannot: they move the
// offset and not the version.
func (s *stream) first(current report) error {
	if s.seen == current.version && current.body.State != library.StateUploading {
		return s.write(": nothing new\n\n")
	}
	return s.send(current)
}

// look sends the upload if its row has changed, or on polling if more bytes have
// come: so moving bytes make at most one event for each poll.
func (s *stream) look(ctx context.Context, polling bool) (ended bool, err error) {
	current, err := s.reports.report(ctx, s.lang, s.channel, s.id)
	if err != nil {
		return false, err
	}
	if current.version != s.seen || polling && current.body.Offset != s.offset {
		err = s.send(current)
	}
	return current.body.State.Ended(), err
}

func (s *stream) send(current report) error {
	data, err := json.Marshal(current.body)
	if err != nil {
		return err
	}
	s.seen, s.offset = current.version, current.body.Offset
	return s.write(fmt.Sprintf("id: %d\ndata: %s\n\n", current.version, data))
}

// write sends one event whole, and gives up on a client that does not take it.
func (s *stream) write(text string) error {
	control := http.NewResponseController(s.writer)
	if err := control.SetWriteDeadline(time.Now().Add(s.reports.pace.write)); err != nil {
		return err
	}
	if _, err := s.writer.WriteString(text); err != nil {
		return err
	}
	return control.Flush()
}
