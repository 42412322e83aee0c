package library

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strings"

	"mediarelay/internal/media"
)

const assetColumns = "id, channel, sha256, filename, type, kind, size, upload_id, created_by, created_at"

// RecordCopy records a copy that the provider gave for an asset, and the asset itself
// if it is new. A copy of the same sort is replaced. It returns the asset's ID.
func (l *Library) RecordCopy(ctx context.Context, held LeaseCheck, a Asset, c Copy) (id string, err error) {
	err = l.underLease(ctx, held, a.UploadID, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO assets (`+assetColumns+`, folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (channel, sha256) DO UPDATE SET upload_id = excluded.upload_id`,
			a.ID, a.Channel, a.SHA256, a.Filename, a.Type, string(a.Kind), a.Size, a.UploadID, a.CreatedBy, millis(l.now()),
			strings.ToLower(a.Filename))
		if err != nil {
			return fmt.Errorf("add the asset: %w", err)
		}
		err = tx.QueryRowContext(ctx, "SELECT id FROM assets WHERE channel = $1 AND sha256 = $2", a.Channel, a.SHA256).Scan(&id)
		if err != nil {
			return fmt.Errorf("find the asset: %w", err)
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO copies (asset_id, copy, value, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (asset_id, copy) DO UPDATE SET
				value = excluded.value, created_at = excluded.created_at, expires_at = excluded.expires_at`,
			id, string(c.Copy), c.Value, millis(l.now()), millis(c.ExpiresAt))
		if err != nil {
			return fmt.Errorf("add the copy: %w", err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE relays SET sending = 0 WHERE upload_id = $1", a.UploadID)
		return err
	})
	if err == nil {
		l.feed.assetChanged(a.Channel, id)
	}
	return id, err
}

// Asset returns an asset of a channel with its copies.
func (l *Library) Asset(ctx context.Context, channel, id string) (Asset, error) {
	return l.asset(ctx, "channel = $1 AND id = $2", channel, id)
}

// AssetByDigest returns the asset of a channel that has these bytes.
func (l *Library) AssetByDigest(ctx context.Context, channel, sha256 string) (Asset, error) {
	return l.asset(ctx, "channel = $1 AND sha256 = $2", channel, sha256)
}

func (l *Library) asset(ctx context.Context, where string, args ...any) (Asset, error) {
	a, err := scanAsset(l.db.Read().QueryRowContext(ctx, "SELECT "+assetColumns+" FROM assets WHERE "+where, args...))
	if err != nil {
		return Asset{}, notFound(err)
	}
	one := []Asset{a}
	err = l.addCopies(ctx, one)
	return one[0], err
}

// Assets lists assets of a channel, newest first. A cursor that no page gave is ErrNotFound.
func (l *Library) Assets(ctx context.Context, q AssetQuery) (AssetPage, error) {
	where, args, err := q.where()
	if err != nil {
		return AssetPage{}, err
	}
	args = append(args, q.Limit+1)
	query := fmt.Sprintf("SELECT %s FROM assets WHERE %s ORDER BY created_at DESC, id DESC LIMIT $%d", assetColumns, where, len(args))
	items, err := list(ctx, l.db.Read(), scanAsset, query, args...)
	if err != nil {
		return AssetPage{}, err
	}
	page := AssetPage{Items: items}
	if len(items) > q.Limit {
		page.Items = items[:q.Limit]
		page.Next = cursorOf(page.Items[q.Limit-1])
	}
	return page, l.addCopies(ctx, page.Items)
}

// addCopies fills in the copies of assets with one query for all of them.
func (l *Library) addCopies(ctx context.Context, assets []Asset) error {
	if len(assets) == 0 {
		return nil
	}
	places, ids, byID := make([]string, len(assets)), make([]any, len(assets)), map[string]*Asset{}
	for i := range assets {
		places[i], ids[i], byID[assets[i].ID] = fmt.Sprintf("$%d", i+1), assets[i].ID, &assets[i]
	}
	copies, err := list(ctx, l.db.Read(), scanCopy,
		"SELECT asset_id, copy, value, created_at, expires_at FROM copies WHERE asset_id IN ("+strings.Join(places, ", ")+") ORDER BY copy", ids...)
	for _, c := range copies {
		asset := byID[c.assetID]
		asset.Copies = append(asset.Copies, c.Copy)
	}
	return err
}

// ownedCopy is a copy with the asset that it is of.
type ownedCopy struct {
	Copy
	assetID string
}

func scanCopy(row scanner) (c ownedCopy, err error) {
	var sort string
	var created, expires int64
	err = row.Scan(&c.assetID, &sort, &c.Value, &created, &expires)
	c.Copy.Copy, c.CreatedAt, c.ExpiresAt = media.Copy(sort), fromMillis(created), fromMillis(expires)
	return c, err
}

func scanAsset(row scanner) (a Asset, err error) {
	var kind string
	var created int64
	err = row.Scan(&a.ID, &a.Channel, &a.SHA256, &a.Filename, &a.Type, &kind, &a.Size, &a.UploadID, &a.CreatedBy, &created)
	a.Kind, a.CreatedAt = media.Kind(kind), fromMillis(created)
	return a, err
}

// where writes the query's conditions, with placeholders in order of first use.
func (q AssetQuery) where() (string, []any, error) {
	conditions, args := []string{"channel = $1"}, []any{q.Channel}
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		conditions = append(conditions, condition)
	}
	if q.Kind != "" {
		add("kind = ?", string(q.Kind))
	}
	if q.SHA256 != "" {
		add("sha256 = ?", q.SHA256)
	}
	if q.Text != "" {
		add(`folded LIKE ? ESCAPE '\'`, "%"+escapeLike(strings.ToLower(q.Text))+"%")
	}
	if q.Cursor != "" {
		created, id, err := readCursor(q.Cursor)
		if err != nil {
			return "", nil, err
		}
		add("(created_at < ? OR (created_at = ? AND id < ?))", created, created, id)
	}
	return strings.Join(conditions, " AND "), args, nil
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// A page's cursor is the position of its last asset, opaque to clients.
func cursorOf(a Asset) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", millis(a.CreatedAt), a.ID))
}

func readCursor(cursor string) (created int64, id string, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, "", ErrNotFound
	}
	if _, err := fmt.Sscanf(string(text), "%d %s", &created, &id); err != nil {
		return 0, "", ErrNotFound
	}
	return created, id, nil
}
