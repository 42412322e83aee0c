-- +goose Up

-- The bytes of a channel, which are kept and relayed once. upload_id names the upload
-- whose stored bytes they are.
CREATE TABLE contents (
    id         TEXT   PRIMARY KEY,
    channel    TEXT   NOT NULL,
    sha256     TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    upload_id  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (channel, sha256)
);
INSERT INTO contents (id, channel, sha256, type, kind, size, upload_id, created_at)
    SELECT id, channel, sha256, type, kind, size, upload_id, created_at FROM assets;

-- A copy belongs to a content. The old table goes before the one that it refers to, since
-- SQLite deletes the rows that refer to a table with it.
CREATE TABLE content_copies (
    content_id TEXT   NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    copy       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (content_id, copy)
);
INSERT INTO content_copies (content_id, copy, value, created_at, expires_at)
    SELECT asset_id, copy, value, created_at, expires_at FROM copies;
DROP TABLE copies;
ALTER TABLE content_copies RENAME TO copies;

-- A name that a person gave to a content. folded is what a search reads: the name in
-- lower case by Unicode rules, which SQLite's LOWER does not support. changed_at is when
-- the row or a copy of its content last changed, for event streams.
CREATE TABLE named_assets (
    id         TEXT   PRIMARY KEY,
    channel    TEXT   NOT NULL,
    content_id TEXT   NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    filename   TEXT   NOT NULL,
    folded     TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (content_id, created_by, filename)
);
INSERT INTO named_assets (id, channel, content_id, filename, folded, created_by, created_at, changed_at)
    SELECT id, channel, id, filename, folded, created_by, created_at, created_at FROM assets;
DROP TABLE assets;
ALTER TABLE named_assets RENAME TO assets;
CREATE INDEX assets_list ON assets (channel, created_at, id);
CREATE INDEX assets_changed ON assets (changed_at, id);

-- Uploads of the same bytes by other people, or under other names, had the asset of the
-- first one. Each gets a name of its own; the ID of an upload is none of an asset yet.
INSERT INTO assets (id, channel, content_id, filename, folded, created_by, created_at, changed_at)
    SELECT MIN(id), MIN(channel), asset_id, filename, LOWER(filename), subject, MIN(created_at), MAX(touched_at) FROM uploads
    WHERE state = 'done' AND asset_id IN (SELECT id FROM contents)
    GROUP BY asset_id, subject, filename
    ON CONFLICT (content_id, created_by, filename) DO NOTHING;
UPDATE uploads SET asset_id = (SELECT assets.id FROM assets WHERE assets.content_id = uploads.asset_id
        AND assets.created_by = uploads.subject AND assets.filename = uploads.filename)
    WHERE state = 'done' AND asset_id IN (SELECT id FROM contents);
