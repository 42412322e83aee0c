package library

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The conditions of the partial indexes uploads_active and uploads_recent.
const (
	isActive = "state IN ('checking', 'relaying')"
	isRecent = "state IN ('done', 'refused', 'failed')"
)

// The columns of a rowChange.
const (
	uploadChange = "SELECT channel, subject, id, " + currentVersion + " FROM uploads WHERE "
	assetChange  = "SELECT channel, '', id, changed_at FROM assets WHERE "
)

// channelChangedSince selects the channels whose waiting uploads show something else since
// a time: the parameter that follows.
const channelChangedSince = "channel IN (SELECT channel FROM channel_changes WHERE changed_at >= "

// uploadsSinceQuery reads three ranges of indexes, and the relays of the channels that have
// changed. A transaction that is between two states
// of an upload is seen on one side or the other, since it is one statement. Of the uploads
// that still receive bytes, only new ones count: the offset is no change.
const uploadsSinceQuery = uploadChange + isUnfinished + " AND touched_at >= $1 AND created_at >= $2 UNION ALL " +
	uploadChange + isActive + " AND touched_at >= $3 UNION ALL " +
	uploadChange + isEnded + " AND touched_at >= $4 UNION ALL " +
	uploadChange + isActive + " AND id IN (SELECT upload_id FROM relays WHERE is_open = 1 AND " + channelChangedSince + "$5))"

// uploadsSince lists the uploads that have changed since a time.
func (l *Library) uploadsSince(ctx context.Context, since time.Time) ([]rowChange, error) {
	at := millis(since)
	return list(ctx, l.db.Read(), scanChange, uploadsSinceQuery, at, at, at, at, at)
}

const assetsSinceQuery = assetChange + "changed_at >= $1"

// assetsSince lists the assets that have changed since a time.
func (l *Library) assetsSince(ctx context.Context, since time.Time) ([]rowChange, error) {
	return list(ctx, l.db.Read(), scanChange, assetsSinceQuery, millis(since))
}

// changeBatch bounds the parameters of a statement.
const changeBatch = 200

// changesOf lists the owners and the versions of uploads.
func (l *Library) changesOf(ctx context.Context, ids map[string]struct{}) (changes []rowChange, err error) {
	all := make([]any, 0, len(ids))
	for id := range ids {
		all = append(all, id)
	}
	for len(all) > 0 {
		some := all[:min(len(all), changeBatch)]
		all = all[len(some):]
		found, err := list(ctx, l.db.Read(), scanChange, uploadChange+"id IN ("+places(len(some))+")", some...)
		if err != nil {
			return nil, err
		}
		changes = append(changes, found...)
	}
	return changes, nil
}

// assetsOf lists the versions of assets.
func (l *Library) assetsOf(ctx context.Context, names map[assetName]struct{}) (changes []rowChange, err error) {
	for name := range names {
		found, err := list(ctx, l.db.Read(), scanChange, assetChange+"id = $1", name.id)
		if err != nil {
			return nil, err
		}
		changes = append(changes, found...)
	}
	return changes, nil
}

func scanChange(row scanner) (c rowChange, err error) {
	err = row.Scan(&c.channel, &c.subject, &c.ID, &c.Version)
	return c, err
}

func places(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(list, ", ")
}

// Open lists the uploads that a caller has access to and that have not ended: the newest
// limit that receive bytes, oldest first, and then the newest limit that are relayed. With
// since, it lists only those that have changed since then.
func (l *Library) Open(ctx context.Context, caller Caller, since time.Time, limit int) ([]Upload, error) {
	at := max(0, millis(since))
	receiving, err := list(ctx, l.db.Read(), scanUpload, receivingQuery(caller.AnySubject), append(caller.args(), at, limit)...)
	if err != nil {
		return nil, err
	}
	relayed, err := list(ctx, l.db.Read(), scanUpload, relayedQuery(caller.AnySubject), append(caller.args(), at, at, limit)...)
	slices.Reverse(receiving)
	slices.Reverse(relayed)
	return append(receiving, relayed...), err
}

const newestFirst = " ORDER BY created_at DESC, id DESC LIMIT "

// receivingQuery reads the index uploads_open.
func receivingQuery(anySubject bool) string {
	ofCaller, next := whereOwner(anySubject)
	return fmt.Sprintf("SELECT %s FROM uploads WHERE %s AND %s AND touched_at >= $%d%s$%d", uploadColumns, isUnfinished, ofCaller, next, newestFirst, next+1)
}

// relayedQuery reads the index relays_open. Every upload that is checked or relayed has an
// open relay.
func relayedQuery(anySubject bool) string {
	ofCaller, next := whereOwner(anySubject)
	return fmt.Sprintf("SELECT %s FROM uploads WHERE id IN (SELECT upload_id FROM relays WHERE is_open = 1 AND %s) AND (touched_at >= $%d OR %s$%d))%s$%d",
		uploadColumns, ofCaller, next, channelChangedSince, next+1, newestFirst, next+2)
}

// whereOwner is the condition that an upload or a relay belongs to a caller, and the number
// of the parameter after its own, which are those of args.
func whereOwner(anySubject bool) (condition string, next int) {
	if anySubject {
		return "channel = $1", 2
	}
	return "channel = $1 AND subject = $2", 3
}

// args are the arguments of whereOwner.
func (c Caller) args() []any {
	if c.AnySubject {
		return []any{c.Channel}
	}
	return []any{c.Channel, c.Subject}
}

// EndedQuery selects uploads that have ended and that a caller has access to.
type EndedQuery struct {
	Caller Caller
	// After is where the list begins.
	After Cursor
	// Newest lists the newest first; otherwise the oldest is.
	Newest bool
	Limit  int
}

// EndedOf lists uploads that have ended, by the time of their end.
func (l *Library) EndedOf(ctx context.Context, q EndedQuery) ([]Upload, error) {
	args := append(q.Caller.args(), millis(q.After.TouchedAt), q.After.ID, q.Limit)
	return list(ctx, l.db.Read(), scanUpload, endedOfQuery(q.Caller.AnySubject, q.Newest), args...)
}

// endedOfQuery reads the index uploads_recent for one subject, and uploads_ended for all.
func endedOfQuery(anySubject, newest bool) string {
	ofCaller, next := whereOwner(anySubject)
	states, order := isRecent, ""
	if anySubject {
		states = isEnded
	}
	if newest {
		order = " DESC"
	}
	return fmt.Sprintf("SELECT %s FROM uploads WHERE %s AND %s AND (touched_at, id) > ($%d, $%d) ORDER BY touched_at%s, id%s LIMIT $%d",
		uploadColumns, states, ofCaller, next, next+1, order, order, next+2)
}

// AssetsSince lists the assets of a channel that have changed since a time.
func (l *Library) AssetsSince(ctx context.Context, channel string, since time.Time) ([]Change, error) {
	found, err := list(ctx, l.db.Read(), scanChange,
		assetChange+"changed_at >= $1 AND channel = $2 ORDER BY changed_at, id", millis(since), channel)
	changes := make([]Change, len(found))
	for i, c := range found {
		changes[i] = c.Change
	}
	return changes, err
}
