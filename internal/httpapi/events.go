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
	"mediarelay/internal/problem"
)

// stream sends the events of one upload to one client.
type stream struct {
	handler uploadHandler
	lang    string
	caller  library.Caller
	id      string
	out     eventWriter
	// seen, state and offset are the version, the state and the offset that were sent last.
	seen   int64
	state  library.State
	offset int64
}

// events sends the current state and then each change. It returns when the upload
// ends, the token expires, the client disconnects or the server shuts down. The id
// of an event is the version of the row. A client that reconnects with it receives
// only newer events.
func (h uploadHandler) events(c *gin.Context) {
	claims := claimsOf(c)
	ctx, cancel := context.WithDeadline(c.Request.Context(), claims.ExpiresAt.Add(auth.Leeway))
	defer cancel()
	changes, stop := h.uploads.Subscribe(c.Param("id"))
	defer stop()

	current, err := h.report(ctx, languageOf(c), callerOf(c), c.Param("id"))
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	s := &stream{handler: h, lang: languageOf(c), caller: callerOf(c), id: c.Param("id"), out: h.eventWriter(c), seen: lastEventID(c.Request)}
	if current.body.State.Ended() && s.seen == current.version {
		// The client has received the final event. A 204 stops it from reconnecting.
		// Source: HTML standard, server-sent events, "processing model".
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return
	}
	release, err := h.streams.acquire(claims.Channel, claims.Subject)
	if err != nil {
		refuse(c, problem.From(err))
		return
	}
	defer release()
	s.out.begin()
	if err := s.run(ctx, current, changes); err != nil {
		h.logger.DebugContext(ctx, "event stream ended", "upload", s.id, "reason", err.Error())
	}
}

func lastEventID(r *http.Request) int64 {
	version, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return -1
	}
	return version
}

func (s *stream) run(ctx context.Context, current report, changes <-chan struct{}) error {
	s.state, s.offset = current.body.State, current.body.Offset
	if err := s.first(current); err != nil || current.body.State.Ended() {
		return err
	}
	beat, poll := time.NewTicker(s.handler.timing.heartbeat), time.NewTicker(s.handler.timing.poll)
	defer beat.Stop()
	defer poll.Stop()
	for {
		var ended bool
		var err error
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-beat.C:
			err = s.out.write(": heartbeat\n\n")
		case <-changes:
			ended, err = s.update(ctx, false)
		case <-poll.C:
			ended, err = s.update(ctx, true)
		}
		if err != nil || ended {
			return err
		}
	}
}

// first sends the current state. If the client has it already, first sends a comment,
// so that the stream opens. A state that is uploading is always sent: arriving bytes
// change the offset, but not the version.
func (s *stream) first(current report) error {
	if s.seen == current.version && current.body.State != library.StateUploading {
		return s.out.write(": no change\n\n")
	}
	return s.send(current)
}

// update sends the upload if its row has changed, or on a poll if bytes have arrived.
// Arriving bytes therefore cause at most one event for each poll. While the offset is
// unknown there is none: what was sent last still holds, and no bytes arrive.
func (s *stream) update(ctx context.Context, polling bool) (ended bool, err error) {
	current, err := s.handler.report(ctx, s.lang, s.caller, s.id)
	if problem.From(err).Status == http.StatusServiceUnavailable {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if current.version != s.seen || current.body.State != s.state || polling && current.body.Offset != s.offset {
		err = s.send(current)
	}
	return current.body.State.Ended(), err
}

func (s *stream) send(current report) error {
	data, err := json.Marshal(current.body)
	if err != nil {
		return err
	}
	s.seen, s.state, s.offset = current.version, current.body.State, current.body.Offset
	return s.out.write(fmt.Sprintf("id: %d\ndata: %s\n\n", current.version, data))
}
