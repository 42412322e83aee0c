package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mediarelay/internal/library"
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
	assets, err := s.handler.assets.AssetsSince(ctx, s.caller.Channel, since)
	if err != nil {
		return err
	}
	return s.passAssets(ctx, assets)
}
