package library

import (
	"context"
	"database/sql"
	"fmt"

	"mediarelay/internal/media"
)

const contentColumns = "contents.id, contents.channel, sha256, type, kind, size, upload_id, contents.created_at"

// RecordCopy records a copy that the provider gave for a content, and the content itself
// if it is new. A copy of the same sort is replaced. It returns the content's ID, which is
// another one than that of the argument if the content is known.
func (l *Library) RecordCopy(ctx context.Context, held LeaseCheck, content Content, c Copy) (id string, err error) {
	var named []string
	err = l.underLease(ctx, held, content.UploadID, func(tx *sql.Tx) (err error) {
		if id, err = l.addContent(ctx, tx, content); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO copies (content_id, copy, value, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (content_id, copy) DO UPDATE SET
				value = excluded.value, created_at = excluded.created_at, expires_at = excluded.expires_at`,
			id, string(c.Copy), c.Value, millis(l.now()), millis(c.ExpiresAt))
		if err != nil {
			return fmt.Errorf("add the copy: %w", err)
		}
		if named, err = l.changeNames(ctx, tx, id); err != nil {
			return fmt.Errorf("note the change of the content's assets: %w", err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE relays SET sending = 0 WHERE upload_id = $1", content.UploadID)
		return err
	})
	if err != nil {
		return "", err
	}
	for _, asset := range named {
		l.feed.assetChanged(content.Channel, asset)
	}
	return id, nil
}

// addContent adds a content if it is new, and returns its ID.
func (l *Library) addContent(ctx context.Context, tx *sql.Tx, c Content) (id string, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO contents (id, channel, sha256, type, kind, size, upload_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (channel, sha256) DO UPDATE SET upload_id = excluded.upload_id
		RETURNING id`,
		c.ID, c.Channel, c.SHA256, c.Type, string(c.Kind), c.Size, c.UploadID, millis(l.now())).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("add the content: %w", err)
	}
	return id, nil
}

// changeNames notes that the assets of a content have changed, and lists them. Their times
// grow even if the clock does not.
func (l *Library) changeNames(ctx context.Context, tx *sql.Tx, contentID string) (ids []string, err error) {
	now := millis(l.now())
	return list(ctx, tx, scanID, `
		UPDATE assets SET changed_at = CASE WHEN changed_at < $1 THEN $2 ELSE changed_at + 1 END WHERE content_id = $3 RETURNING id`,
		now, now, contentID)
}

// ContentByDigest returns the content of a channel that has a digest.
func (l *Library) ContentByDigest(ctx context.Context, channel, sha256 string) (Content, error) {
	c, err := scanContent(l.db.Read().QueryRowContext(ctx,
		"SELECT "+contentColumns+" FROM contents WHERE channel = $1 AND sha256 = $2", channel, sha256))
	if err != nil {
		return Content{}, notFound(err)
	}
	err = l.addCopies(ctx, []*Content{&c})
	return c, err
}

// addCopies fills in the copies of contents with one query for all of them. A content may
// be listed several times, for its names.
func (l *Library) addCopies(ctx context.Context, contents []*Content) error {
	if len(contents) == 0 {
		return nil
	}
	ids, byID := []any{}, map[string][]*Content{}
	for _, c := range contents {
		if byID[c.ID] == nil {
			ids = append(ids, c.ID)
		}
		byID[c.ID] = append(byID[c.ID], c)
	}
	copies, err := list(ctx, l.db.Read(), scanCopy,
		"SELECT content_id, copy, value, created_at, expires_at FROM copies WHERE content_id IN ("+places(len(ids))+") ORDER BY copy", ids...)
	for _, found := range copies {
		for _, c := range byID[found.contentID] {
			c.Copies = append(c.Copies, found.Copy)
		}
	}
	return err
}

// ownedCopy is a copy with the content that it is of.
type ownedCopy struct {
	Copy
	contentID string
}

func scanCopy(row scanner) (c ownedCopy, err error) {
	var sort string
	var created, expires int64
	err = row.Scan(&c.contentID, &sort, &c.Value, &created, &expires)
	c.Copy.Copy, c.CreatedAt, c.ExpiresAt = media.Copy(sort), fromMillis(created), fromMillis(expires)
	return c, err
}

// scanContent reads the columns of a content, and before them those of into.
func scanContent(row scanner, into ...any) (c Content, err error) {
	var kind string
	var created int64
	err = row.Scan(append(into, &c.ID, &c.Channel, &c.SHA256, &c.Type, &kind, &c.Size, &c.UploadID, &created)...)
	c.Kind, c.CreatedAt = media.Kind(kind), fromMillis(created)
	return c, err
}

func scanID(row scanner) (id string, err error) {
	err = row.Scan(&id)
	return id, err
}
