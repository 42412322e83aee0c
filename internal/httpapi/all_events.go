package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

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
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.handler.logger.WarnContext(ctx, "upload left out of an event stream", "upload", u.ID, "error", err.Error())
		return nil
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
