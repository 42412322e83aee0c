-- +goose Up
CREATE TABLE uploads (
    id              TEXT   PRIMARY KEY,
    channel         TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    client_key      TEXT,
    length          BIGINT NOT NULL,
    metadata        TEXT   NOT NULL,
    filename        TEXT   NOT NULL,
    declared_type   TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    kinds           TEXT   NOT NULL,
    purposes        TEXT   NOT NULL,
    declared_sha256 TEXT   NOT NULL,
    sha256          TEXT   NOT NULL DEFAULT '',
    state           TEXT   NOT NULL,
    version         BIGINT NOT NULL DEFAULT 1,
    verdict         TEXT   NOT NULL DEFAULT '',
    problem         TEXT   NOT NULL DEFAULT '',
    asset_id        TEXT   NOT NULL DEFAULT '',
    created_at      BIGINT NOT NULL,
    touched_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX uploads_client_key ON uploads (channel, client_key);
CREATE INDEX uploads_state ON uploads (state, touched_at);

-- One row is one job: relay this upload to its channel's provider.
CREATE TABLE relays (
    upload_id        TEXT   PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
    channel          TEXT   NOT NULL,
    sha256           TEXT   NOT NULL,
    is_open          BIGINT NOT NULL,
    attempts         BIGINT NOT NULL DEFAULT 0,
    next_at          BIGINT NOT NULL,
    session_id       TEXT   NOT NULL DEFAULT '',
    session_failures BIGINT NOT NULL DEFAULT 0,
    created_at       BIGINT NOT NULL
);
CREATE INDEX relays_due ON relays (is_open, next_at);

CREATE TABLE assets (
    id         TEXT   PRIMARY KEY,
    channel    TEXT   NOT NULL,
    sha256     TEXT   NOT NULL,
    filename   TEXT   NOT NULL,
    -- lower case by Unicode rules, which SQLite's LOWER does not support
    folded     TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    upload_id  TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (channel, sha256)
);
CREATE INDEX assets_list ON assets (channel, created_at, id);

CREATE TABLE copies (
    asset_id   TEXT   NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    copy       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (asset_id, copy)
);

-- Leases by name. The owner is a process, and the epoch counts the leases that it
-- acquired: together they identify one holder.
CREATE TABLE leases (
    name       TEXT   PRIMARY KEY,
    owner      TEXT   NOT NULL,
    epoch      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    wanted     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX leases_owner ON leases (owner);
