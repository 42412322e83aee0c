package library

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

const assetColumns = "assets.id, filename, tags, created_by, assets.created_at, " + contentColumns

// Asset returns an asset of a channel with its copies.
func (l *Library) Asset(ctx context.Context, channel, id string) (Asset, error) {
	a, err := scanAsset(l.db.Read().QueryRowContext(ctx,
		"SELECT "+assetColumns+" FROM "+assetTables+" WHERE assets.channel = $1 AND assets.id = $2", channel, id))
	if err != nil {
		return Asset{}, notFound(err)
	}
	err = l.addCopies(ctx, []*Content{&a.Content})
	return a, err
}

// assetTables are the assets with their contents.
const assetTables = "assets JOIN contents ON contents.id = assets.content_id"

// Assets lists assets of a channel, newest first. A cursor that no page gave is ErrNotFound.
func (l *Library) Assets(ctx context.Context, q AssetQuery) (AssetPage, error) {
	where, args, err := q.where()
	if err != nil {
		return AssetPage{}, err
	}
	args = append(args, q.Limit+1)
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY assets.created_at DESC, assets.id DESC LIMIT $%d",
		assetColumns, assetTables, where, len(args))
	items, err := list(ctx, l.db.Read(), scanAsset, query, args...)
	if err != nil {
		return AssetPage{}, err
	}
	page := AssetPage{Items: items}
	if len(items) > q.Limit {
		page.Items = items[:q.Limit]
		page.Next = cursorOf(page.Items[q.Limit-1])
	}
	contents := make([]*Content, len(page.Items))
	for i := range page.Items {
		contents[i] = &page.Items[i].Content
	}
	return page, l.addCopies(ctx, contents)
}

// nameContent gives a content the name that an upload has for it, and returns the asset's
// ID. The same person's upload under the same name is the same asset.
func (l *Library) nameContent(ctx context.Context, tx *sql.Tx, contentID, uploadID string) (assetID string, err error) {
	var u Upload
	err = tx.QueryRowContext(ctx, "SELECT channel, subject, filename FROM uploads WHERE id = $1", uploadID).Scan(&u.Channel, &u.Subject, &u.Filename)
	if err != nil {
		return "", fmt.Errorf("read the upload: %w", notFound(err))
	}
	now := millis(l.now())
	err = tx.QueryRowContext(ctx, `
		INSERT INTO assets (id, channel, content_id, filename, folded, created_by, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (content_id, created_by, filename) DO UPDATE SET changed_at = excluded.changed_at
		RETURNING id`,
		NewID(), u.Channel, contentID, u.Filename, strings.ToLower(u.Filename), u.Subject, now, now).Scan(&assetID)
	if err != nil {
		return "", fmt.Errorf("name the content: %w", err)
	}
	return assetID, nil
}

func scanAsset(row scanner) (a Asset, err error) {
	var tags string
	var created int64
	a.Content, err = scanContent(row, &a.ID, &a.Filename, &tags, &a.CreatedBy, &created)
	if err != nil {
		return Asset{}, err
	}
	a.CreatedAt = fromMillis(created)
	if err := json.Unmarshal([]byte(tags), &a.Tags); err != nil {
		return Asset{}, fmt.Errorf("read the tags of asset %s: %w", a.ID, err)
	}
	return a, nil
}

// AssetChange is what changes of an asset; nil leaves it as it is.
type AssetChange struct {
	Filename *string
	Tags     *[]string
}

// UpdateAsset changes an asset of a channel and returns it. It returns ErrNameTaken if the
// person who made it has another one of the same content with the new name.
func (l *Library) UpdateAsset(ctx context.Context, channel, id string, change AssetChange) (Asset, error) {
	err := l.db.Durable(ctx, func(tx *sql.Tx) error {
		a, err := scanAsset(tx.QueryRowContext(ctx, "SELECT "+assetColumns+" FROM "+assetTables+" WHERE assets.channel = $1 AND assets.id = $2", channel, id))
		if err != nil {
			return notFound(err)
		}
		if change.Filename != nil {
			a.Filename = *change.Filename
		}
		if change.Tags != nil {
			a.Tags = *change.Tags
		}
		if err := l.checkName(ctx, tx, a); err != nil {
			return err
		}
		return l.saveAsset(ctx, tx, a)
	})
	if err != nil {
		return Asset{}, err
	}
	l.feed.assetChanged(channel, id)
	return l.Asset(ctx, channel, id)
}

// checkName returns ErrNameTaken if another asset of the same person and content has the
// asset's name.
func (l *Library) checkName(ctx context.Context, tx *sql.Tx, a Asset) error {
	var others int
	err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM assets WHERE content_id = $1 AND created_by = $2 AND filename = $3 AND id <> $4",
		a.Content.ID, a.CreatedBy, a.Filename, a.ID).Scan(&others)
	if err == nil && others > 0 {
		return ErrNameTaken
	}
	return err
}

func (l *Library) saveAsset(ctx context.Context, tx *sql.Tx, a Asset) error {
	tags, err := json.Marshal(a.Tags)
	if err != nil {
		return err
	}
	folded := strings.ToLower(strings.Join(append([]string{a.Filename}, a.Tags...), "\n"))
	now := millis(l.now())
	return one(ctx, tx, ErrNotFound, `
		UPDATE assets SET filename = $1, tags = $2, folded = $3, changed_at = CASE WHEN changed_at < $4 THEN $5 ELSE changed_at + 1 END WHERE id = $6`,
		a.Filename, string(tags), folded, now, now, a.ID)
}

// where writes the query's conditions, with placeholders in order of first use.
func (q AssetQuery) where() (string, []any, error) {
	conditions, args := []string{"assets.channel = $1"}, []any{q.Channel}
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
		add("(assets.created_at < ? OR (assets.created_at = ? AND assets.id < ?))", created, created, id)
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
