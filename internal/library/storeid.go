package library

import (
	"context"
	"database/sql"
	"fmt"
)

// StoreID returns the ID of the store that holds the bytes of these rows. It is empty
// before the first pairing.
func (l *Library) StoreID(ctx context.Context) (id string, err error) {
	err = l.db.Read().QueryRowContext(ctx, "SELECT id FROM store WHERE one = 1").Scan(&id)
	return id, err
}

// PairStore replaces the ID of the store by the one that decide returns. Processes that
// start at once take turns: the row is locked while decide runs, which must be brief. If
// decide returns an error, the ID stays.
func (l *Library) PairStore(ctx context.Context, decide func(current string) (string, error)) error {
	return l.db.Durable(ctx, func(tx *sql.Tx) error {
		var current, next string
		if err := one(ctx, tx, ErrNotFound, "UPDATE store SET id = id WHERE one = 1"); err != nil {
			return fmt.Errorf("lock the store's id: %w", err)
		}
		err := tx.QueryRowContext(ctx, "SELECT id FROM store WHERE one = 1").Scan(&current)
		if err == nil {
			next, err = decide(current)
		}
		if err != nil || next == current {
			return err
		}
		return one(ctx, tx, ErrNotFound, "UPDATE store SET id = $1 WHERE one = 1", next)
	})
}

// IsEmpty reports whether the library has neither an upload nor an asset.
func (l *Library) IsEmpty(ctx context.Context) (bool, error) {
	var filled bool
	err := l.db.Read().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM uploads) OR EXISTS (SELECT 1 FROM assets)").Scan(&filled)
	return !filled, err
}

// Stored lists up to limit uploads after an ID whose bytes must be in the store, in the
// order of their IDs: those that are checked or relayed, those that are done, and those
// that are still arriving if any bytes of them have arrived.
func (l *Library) Stored(ctx context.Context, after string, limit int) ([]string, error) {
	return list(ctx, l.db.Read(), func(row scanner) (id string, err error) { return id, row.Scan(&id) }, `
		SELECT id FROM uploads WHERE id > $1 AND (state IN ($2, $3, $4) OR state = $5 AND touched_at > created_at)
		ORDER BY id LIMIT $6`, after,
		string(StateChecking), string(StateRelaying), string(StateDone), string(StateUploading), limit)
}
