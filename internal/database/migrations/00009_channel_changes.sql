-- +goose Up

-- How often the problem that a channel's waiting uploads show has changed. It is part of
-- their versions, so that a change of the channel writes one row and not all of theirs.
-- changed_at is the time of the last change, for event streams.
CREATE TABLE channel_changes (
    channel    TEXT   PRIMARY KEY,
    changes    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
