package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// What a stream of all uploads begins with.
const (
	// recentEnd is how long ago an upload may have ended.
	recentEnd = time.Hour
	// maxEnded bounds those uploads, and is the size of a page of a resumed stream.
	maxEnded = 200
	// maxOpen bounds the uploads that receive bytes, and those that are relayed.
	maxOpen = 500
	// oldestCursor is how old the Last-Event-ID of a resumed stream may be.
	oldestCursor = 24 * time.Hour
)

// reconnectAfter is the time after which a browser reconnects, in milliseconds.
const reconnectAfter = 2000

// feedStream sends the changes of all uploads and assets of a caller to one client.
type feedStream struct {
	handler uploadHandler
	lang    string
	caller  library.Caller
	assets  bool // the token may read the library
	out     eventWriter
	// sent are the versions of uploads and assets that the client has.
	sent map[string]sentVersion
	// complete is the time up to which the client has every change; the ID of an event.
	complete time.Time
}

type sentVersion struct {
	version int64
	final   bool
	at      time.Time
}

// allEvents sends the uploads that have not ended or that have ended in the last hour, and
// then each change. With Last-Event-ID it sends what has changed since then instead. It
// returns when the token expires, the client disconnects or the server shuts down.
//
// The ID of an event is a time of the database's clock: all changes that were visible then
// have been sent. A resumed stream begins library.FeedOverlap earlier, so that it contains
// every later change, and may repeat some earlier ones.
func (h uploadHandler) allEvents(c *gin.Context) {
	claims := claimsOf(c)
	ctx, cancel := context.WithDeadline(c.Request.Context(), claims.ExpiresAt.Add(auth.Leeway))
	defer cancel()
	release, err := h.streams.acquire(claims.Channel, claims.Subject)
	if err != nil {
		refuse(c, problem.From(err))
		return
	}
	defer release()
	follower, stop := h.feed.Follow(callerOf(c))
	defer stop()
	s := &feedStream{
		handler: h, lang: languageOf(c), caller: callerOf(c), assets: claims.Allows(auth.ScopeAssetsRead),
		out: h.eventWriter(c), sent: map[string]sentVersion{}, complete: h.now(),
	}
	since := s.resumeFrom(c.Request)
	open, err := h.feed.Open(ctx, s.caller, since, maxOpen)
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	s.out.begin()
	if err = s.first(ctx, since, open); err == nil {
		err = s.run(ctx, follower)
	}
	if err != nil {
		h.logger.DebugContext(ctx, "event stream ended", "reason", err.Error())
	}
}

// resumeFrom returns the time from which on the client may lack changes; zero without a
// Last-Event-ID of the last day.
func (s *feedStream) resumeFrom(r *http.Request) time.Time {
	ms, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	at := time.UnixMilli(ms)
	if err != nil || s.complete.Sub(at) > oldestCursor {
		return time.Time{}
	}
	if at.After(s.complete) { // the clock was set back
		at = s.complete
	}
	return at.Add(-library.FeedOverlap)
}

// first sends what a stream begins with. Only its end has an ID: a client that loses the
// connection before begins again.
func (s *feedStream) first(ctx context.Context, since time.Time, open []library.Upload) error {
	err := s.out.write(fmt.Sprintf("retry: %d\n\n", reconnectAfter))
	if err == nil {
		err = s.sendAll(ctx, open)
	}
	if err == nil && since.IsZero() {
		err = s.sendLastEnded(ctx)
	} else if err == nil {
		err = s.sendMissed(ctx, since)
	}
	if err != nil {
		return err
	}
	return s.out.write(fmt.Sprintf("event: ready\nid: %d\ndata: {}\n\n", s.complete.UnixMilli()))
}

func (s *feedStream) sendLastEnded(ctx context.Context) error {
	after := library.Cursor{TouchedAt: s.complete.Add(-recentEnd)}
	ended, err := s.handler.feed.EndedOf(ctx, library.EndedQuery{Caller: s.caller, After: after, Newest: true, Limit: maxEnded})
	if err != nil {
		return err
	}
	slices.Reverse(ended)
	return s.sendAll(ctx, ended)
}

// sendMissed sends every end and every asset since a time, page by page.
func (s *feedStream) sendMissed(ctx context.Context, since time.Time) error {
	q := library.EndedQuery{Caller: s.caller, After: library.Cursor{TouchedAt: since}, Limit: maxEnded}
	for {
		ended, err := s.handler.feed.EndedOf(ctx, q)
		if err == nil {
			err = s.sendAll(ctx, ended)
		}
		if err != nil {
			return err
		}
		if len(ended) < maxEnded {
			break
		}
		q.After = ended[len(ended)-1].Cursor()
	}
	if !s.assets {
		return nil
	}
	assets, err := s.handler.assets.CopiesSince(ctx, s.caller.Channel, since)
	if err != nil {
		return err
	}
	return s.passAssets(ctx, assets)
}

func (s *feedStream) run(ctx context.Context, follower *library.Follower) error {
	beat := time.NewTicker(s.handler.timing.heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-follower.Ready():
			if err := s.pass(ctx, follower.Take()); err != nil {
				return err
			}
		case <-beat.C:
			if err := s.beat(ctx, follower); err != nil {
				return err
			}
		}
	}
}

// beat sends a comment, and how far the client is.
func (s *feedStream) beat(ctx context.Context, follower *library.Follower) error {
	if err := s.pass(ctx, follower.Take()); err != nil {
		return err
	}
	s.forget()
	return s.out.write(fmt.Sprintf(": heartbeat\nid: %d\n\n", s.complete.UnixMilli()))
}

// forget drops the versions that the feed does not repeat.
func (s *feedStream) forget() {
	now := s.handler.now()
	for id, sent := range s.sent {
		if sent.final && now.Sub(sent.at) > 2*library.FeedOverlap {
			delete(s.sent, id)
		}
	}
}

// pass sends what has changed. A row that has gone, or that the caller has no access to, is
// left out.
func (s *feedStream) pass(ctx context.Context, changes library.Changes) error {
	for _, c := range changes.Uploads {
		if s.has(c) {
			continue
		}
		u, err := s.handler.uploads.Upload(ctx, s.caller, c.ID)
		if errors.Is(err, library.ErrNotFound) {
			continue
		}
		if err == nil {
			err = s.sendUpload(ctx, u)
		}
		if err != nil {
			return err
		}
	}
	if s.assets {
		if err := s.passAssets(ctx, changes.Assets); err != nil {
			return err
		}
	}
	if changes.Complete.After(s.complete) {
		s.complete = changes.Complete
	}
	return nil
}

func (s *feedStream) has(c library.Change) bool {
	sent, ok := s.sent[c.ID]
	return ok && sent.version >= c.Version
}

func (s *feedStream) passAssets(ctx context.Context, changes []library.Change) error {
	for _, c := range changes {
		if s.has(c) {
			continue
		}
		a, err := s.handler.assets.Asset(ctx, s.caller.Channel, c.ID)
		if errors.Is(err, library.ErrNotFound) {
			continue
		}
		if err == nil {
			s.sent[c.ID] = sentVersion{c.Version, true, s.handler.now()}
			err = s.send("asset", writeAsset(a, s.handler.now()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *feedStream) sendAll(ctx context.Context, uploads []library.Upload) error {
	for _, u := range uploads {
		if s.has(library.Change{ID: u.ID, Version: u.Version}) {
			continue
		}
		if err := s.sendUpload(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// sendUpload leaves out an upload whose offset or asset cannot be read: it must not keep the
// client from the others. Its own resource says more.
func (s *feedStream) sendUpload(ctx context.Context, u library.Upload) error {
	current, err := s.handler.reportOf(ctx, s.lang, u)
	if err != nil {
		s.handler.logger.WarnContext(ctx, "upload left out of an event stream", "upload", u.ID, "error", err.Error())
		return ctx.Err()
	}
	s.sent[u.ID] = sentVersion{current.version, u.State.Ended(), s.handler.now()}
	return s.send("upload", current.body)
}

func (s *feedStream) send(event string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.out.write(fmt.Sprintf("event: %s\ndata: %s\n\n", event, data))
}
