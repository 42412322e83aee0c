package storeid

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"mediarelay/internal/library"
)

// page is how many uploads are read with one query.
const page = 1000

// logged is how many missing uploads are logged one by one.
const logged = 20

// evidence is what a folder and a database have in common. It decides whether they are
// paired if neither has an ID: at the first start, where both are empty, and at the
// first start of a version with IDs on the data of one without.
type evidence struct {
	empty   bool   // the database has neither uploads nor assets
	missing int    // uploads whose bytes must be in the folder and are not
	example string // one of them
	files   int    // uploads with a file in the folder
	known   bool   // one of these files belongs to an upload of the database
}

// evidence is only collected if the database has no ID, since it reads every upload.
func (c Config) evidence(ctx context.Context) (held evidence, err error) {
	current, err := c.Library.StoreID(ctx)
	if err != nil || current != "" || c.Adopt {
		return held, err
	}
	if held.empty, err = c.Library.IsEmpty(ctx); err != nil {
		return held, err
	}
	ids, err := c.Folder.IDs(ctx)
	if err != nil {
		return held, err
	}
	held.files = len(ids)
	if held.known, err = c.anyKnown(ctx, ids); err != nil {
		return held, err
	}
	err = c.eachMissing(ctx, ids, func(id string) { held.missing, held.example = held.missing+1, id })
	return held, err
}

// anyKnown reports whether one of the files belongs to an upload. It stops at the first.
func (c Config) anyKnown(ctx context.Context, ids []string) (bool, error) {
	for _, id := range ids {
		_, err := c.Library.UploadByID(ctx, id)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, library.ErrNotFound) {
			return false, err
		}
	}
	return false, nil
}

// eachMissing calls do for every upload whose bytes must be among the stored ones and
// are not.
func (c Config) eachMissing(ctx context.Context, stored []string, do func(id string)) error {
	there := make(map[string]bool, len(stored))
	for _, id := range stored {
		there[id] = true
	}
	for after := ""; ; {
		ids, err := c.Library.Stored(ctx, after, page)
		if err != nil {
			return fmt.Errorf("list the uploads: %w", err)
		}
		for _, id := range ids {
			if !there[id] {
				do(id)
			}
		}
		if len(ids) < page {
			return nil
		}
		after = ids[len(ids)-1]
	}
}

// LogMissing logs the uploads whose bytes must be in the store and are not, as after a
// restore of an older folder. Uploads that begin or end meanwhile are not reported. It
// is for the background: it reads every upload.
func LogMissing(ctx context.Context, c Config) {
	var missing []string
	ids, err := c.Folder.IDs(ctx)
	if err == nil {
		err = c.eachMissing(ctx, ids, func(id string) { missing = append(missing, id) })
	}
	count := 0
	for _, id := range missing {
		if !c.stillMissing(ctx, id) {
			continue
		}
		if count++; count <= logged {
			slog.WarnContext(ctx, "the bytes of an upload are missing in the store", "upload", id)
		}
	}
	switch {
	case err != nil && ctx.Err() == nil:
		slog.ErrorContext(ctx, "the store could not be compared with the database", "error", err)
	case count > 0:
		slog.WarnContext(ctx, "bytes are missing in the store: restore them, then retry the uploads", "uploads", count, "folder", c.Folder.Path())
	}
}

// stillMissing excludes uploads that were swept or created since the lists were read.
func (c Config) stillMissing(ctx context.Context, id string) bool {
	if _, err := c.Library.UploadByID(ctx, id); err != nil {
		return false
	}
	_, err := c.Folder.Arrived(ctx, id)
	return err != nil
}
