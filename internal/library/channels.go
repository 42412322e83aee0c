package library

import (
	"context"
	"database/sql"
	"time"
)

// Read is the database for reads.
func (l *Library) Read() *sql.DB { return l.db.Read() }

// UpdateChannel runs change in one transaction. If change reports that what the
// channel's waiting uploads show has changed, their versions grow in the same
// transaction, by one row for all of them, and the relays and the feed of this process are
// notified.
func (l *Library) UpdateChannel(ctx context.Context, channel string, change func(*sql.Tx) (shown bool, err error)) error {
	var shown bool
	err := l.db.Relaxed(ctx, func(tx *sql.Tx) (err error) {
		if shown, err = change(tx); err != nil || !shown {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO channel_changes (channel, changes, changed_at) VALUES ($1, 1, $2)
			ON CONFLICT (channel) DO UPDATE SET changes = channel_changes.changes + 1, changed_at = EXCLUDED.changed_at`, channel, millis(l.now()))
		return err
	})
	if err == nil && shown {
		l.notifier.relaysChanged()
		l.feed.channelChanged()
	}
	return err
}

// Waiting is the number of open relays of a channel, and when the oldest was opened.
type Waiting struct {
	Channel string
	Relays  int
	Oldest  time.Time
}

// WaitingRelays counts the open relays of every channel that has some.
func (l *Library) WaitingRelays(ctx context.Context) ([]Waiting, error) {
	return list(ctx, l.db.Read(), func(row scanner) (w Waiting, err error) {
		var oldest int64
		err = row.Scan(&w.Channel, &w.Relays, &oldest)
		w.Oldest = fromMillis(oldest)
		return w, err
	}, "SELECT channel, COUNT(*), MIN(created_at) FROM relays WHERE is_open = 1 GROUP BY channel ORDER BY channel")
}
