// Package storeid makes sure that a store and a database belong together, before the
// server acts on either: a random ID stands in both. It refuses a pair that does not
// match, since the rows of one would be failed, and the bytes of the other swept.
//
// It leaves to others: reading and writing the ID (store, library), and noticing that
// the folder is replaced while the server runs (store).
package storeid

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"mediarelay/internal/library"
	"mediarelay/internal/store"
)

// ErrRefused: the store and the database do not belong together.
var ErrRefused = errors.New("the store and the database do not belong together")

// Config names a store and a database.
type Config struct {
	Folder  *store.Folder
	Library *library.Library
	// Database identifies the database for people, without a password.
	Database string
	// Adopt makes the folder the database's store, whatever was paired before.
	Adopt bool
}

// Pair checks that the store and the database have the same ID, or gives them one if
// neither has had one and what they contain does not contradict it. It returns
// ErrRefused with a sentence for operators, and then has changed nothing.
func Pair(ctx context.Context, c Config) error {
	held, err := c.evidence(ctx)
	if err != nil {
		return err
	}
	var paired store.Identity
	err = c.Library.PairStore(ctx, func(current string) (string, error) {
		var err error
		paired, err = c.pair(current, held)
		return paired.ID, err
	})
	if err != nil {
		return err
	}
	if !paired.Confirmed {
		paired.Confirmed = true
		if err := c.Folder.SetIdentity(paired); err != nil {
			return err
		}
	}
	slog.InfoContext(ctx, "store opened", "folder", c.Folder.Path(), "store_id", paired.ID, "database", c.Database)
	return c.Folder.Expect(paired.ID)
}

// pair decides on the ID and writes it to the folder, not yet confirmed, before the
// database records it. So a crash in between leaves a folder that the next start may
// still pair.
func (c Config) pair(current string, held evidence) (store.Identity, error) {
	found, err := c.Folder.Identity()
	if err != nil && (!c.Adopt || !errors.Is(err, store.ErrIdentity)) {
		return found, fmt.Errorf("%w: %s. Restore this file, or %s", err, c.Folder.Path(), adoptHint)
	}
	if current != "" && found.ID == current {
		return found, nil
	}
	if !c.Adopt {
		if sentence := c.refusal(current, found, held); sentence != "" {
			return found, fmt.Errorf("%w: %s", ErrRefused, sentence)
		}
	}
	if c.Adopt {
		slog.Warn("the folder becomes the database's store", "folder", c.Folder.Path(), "database", c.Database,
			"store_id_of_folder", found.ID, "store_id_of_database", current)
	}
	if found.ID == "" {
		found = store.Identity{ID: store.NewID(), Marked: true}
		err = c.Folder.SetIdentity(found)
	}
	return found, err
}
