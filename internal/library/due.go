package library

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Capacity is what the caller can run of a channel.
type Capacity struct {
	// Free is how many relays more it can start.
	Free int
	// Running are the contents, by SHA-256, that have a worker already.
	Running []string
	// After is the subject whose relay was started last.
	After string
}

// DueRelays lists open relays that are due, have no worker, and whose channel has
// capacity and is not cooling down: the first of every channel, then the second of every
// channel, and so on, so that a burst in one channel does not delay the others. Within a
// channel the subjects take turns in the same way, beginning after the one that was
// served last. Its cost is that of the relays that it returns, however many others wait.
func (l *Library) DueRelays(ctx context.Context, capacity func(channel string) Capacity) ([]Relay, error) {
	channels, err := l.dueChannels(ctx)
	if err != nil {
		return nil, err
	}
	byChannel := make([][]Relay, len(channels))
	for i, channel := range channels {
		if byChannel[i], err = l.dueIn(ctx, channel, capacity(channel)); err != nil {
			return nil, err
		}
	}
	return takeTurns(byChannel), nil
}

// takeTurns lists the first of every list, then the second of every list, and so on.
func takeTurns(lists [][]Relay) (all []Relay) {
	for place, some := 0, true; some; place++ {
		some = false
		for _, list := range lists {
			if place < len(list) {
				all, some = append(all, list[place]), true
			}
		}
	}
	return all
}

// dueChannelsQuery steps from one channel to the next in the index relays_open. A
// DISTINCT would read every relay that waits.
const dueChannelsQuery = `
	WITH RECURSIVE waiting (channel) AS (
		SELECT MIN(channel) FROM relays WHERE is_open = 1
		UNION ALL
		SELECT (SELECT MIN(channel) FROM relays WHERE is_open = 1 AND channel > waiting.channel) FROM waiting WHERE channel IS NOT NULL)
	SELECT channel FROM waiting AS due WHERE channel IS NOT NULL AND NOT ` + coolingDown + `$1 AND $2)`

// dueChannels lists the channels that have open relays and are not cooling down.
func (l *Library) dueChannels(ctx context.Context) ([]string, error) {
	now, ahead := l.nowAndAhead()
	return list(ctx, l.db.Read(), func(row scanner) (channel string, err error) {
		err = row.Scan(&channel)
		return channel, err
	}, dueChannelsQuery, now+1, ahead)
}

// dueSubjectsQuery steps from one subject of a channel to the next in the index
// relays_open, and keeps those that have due relays.
const dueSubjectsQuery = `
	WITH RECURSIVE waiting (subject) AS (
		SELECT MIN(subject) FROM relays WHERE is_open = 1 AND channel = $1
		UNION ALL
		SELECT (SELECT MIN(subject) FROM relays WHERE is_open = 1 AND channel = $2 AND subject > waiting.subject) FROM waiting WHERE subject IS NOT NULL)
	SELECT subject FROM waiting WHERE subject IS NOT NULL AND (
		EXISTS (SELECT 1 FROM relays WHERE is_open = 1 AND channel = $3 AND subject = waiting.subject AND next_at <= $4) OR
		EXISTS (SELECT 1 FROM relays WHERE is_open = 1 AND channel = $5 AND subject = waiting.subject AND next_at > $6))`

// dueSubjects lists the subjects of a channel that have due relays, in their order,
// beginning after one of them.
func (l *Library) dueSubjects(ctx context.Context, channel, after string) ([]string, error) {
	now, ahead := l.nowAndAhead()
	subjects, err := list(ctx, l.db.Read(), func(row scanner) (subject string, err error) {
		err = row.Scan(&subject)
		return subject, err
	}, dueSubjectsQuery, channel, channel, channel, now, channel, ahead)
	slices.Sort(subjects)
	next, found := slices.BinarySearch(subjects, after)
	if found {
		next++
	}
	return slices.Concat(subjects[next:], subjects[:next]), err
}

// The conditions on the next attempt of a relay that is due: it is past, or it was
// written by a wrong clock. Each is one range of the index relays_open.
const (
	isPast        = "next_at <= $3"
	isImplausible = "next_at > $3"
)

// dueIn lists the due relays of a channel that there is capacity for. It reads subjects
// until each free place has one: the relays of a subject may all have a worker.
func (l *Library) dueIn(ctx context.Context, channel string, c Capacity) ([]Relay, error) {
	if c.Free <= 0 {
		return nil, nil
	}
	subjects, err := l.dueSubjects(ctx, channel, c.After)
	if err != nil {
		return nil, err
	}
	var bySubject [][]Relay
	for _, subject := range subjects {
		due, err := l.dueOf(ctx, dueRange{channel, subject, c.Free, c.Running})
		if err != nil {
			return nil, err
		}
		if len(due) > 0 {
			bySubject = append(bySubject, due)
		}
		if len(bySubject) == c.Free {
			break
		}
	}
	due := takeTurns(bySubject)
	return due[:min(len(due), c.Free)], nil
}

// dueOf lists the due relays of one subject of a channel.
func (l *Library) dueOf(ctx context.Context, r dueRange) ([]Relay, error) {
	now, ahead := l.nowAndAhead()
	due, err := l.dueRange(ctx, isPast, now, r)
	if err != nil || len(due) == r.limit {
		return due, err
	}
	r.limit -= len(due)
	implausible, err := l.dueRange(ctx, isImplausible, ahead, r)
	return append(due, implausible...), err
}

type dueRange struct {
	channel, subject string
	limit            int
	without          []string
}

func (l *Library) dueRange(ctx context.Context, condition string, bound int64, r dueRange) ([]Relay, error) {
	args := []any{r.channel, r.subject, bound}
	for _, sha256 := range r.without {
		args = append(args, sha256)
	}
	if !l.db.Owned() { // workers of other processes have their leases in the database
		now := millis(l.now())
		args = append(args, now+1, now+longestLease.Milliseconds())
	}
	return list(ctx, l.db.Read(), scanRelay, dueQuery(condition, len(r.without), !l.db.Owned()), append(args, r.limit)...)
}

// dueQuery writes the query for the due relays of a subject. Its parameters are the
// channel, the subject, the bound of the condition, the contents to leave out, if leases
// count the two times between which a lease expires, and the limit.
func dueQuery(condition string, without int, leases bool) string {
	var q strings.Builder
	q.WriteString("SELECT " + relayColumns + " FROM relays AS due WHERE channel = $1 AND subject = $2 AND is_open = 1 AND " + condition)
	next := 4
	for range without {
		fmt.Fprintf(&q, " AND sha256 <> $%d", next)
		next++
	}
	if leases {
		fmt.Fprintf(&q, ` AND NOT EXISTS (SELECT 1 FROM leases
			WHERE name = 'relay/' || due.channel || '/' || due.sha256 AND expires_at BETWEEN $%d AND $%d)`, next, next+1)
		next += 2
	}
	fmt.Fprintf(&q, " ORDER BY next_at, created_at LIMIT $%d", next)
	return q.String()
}
