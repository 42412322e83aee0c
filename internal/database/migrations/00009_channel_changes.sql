-- +goose Up

-- How often that which the waiting uploads of a channel show has changed. It is part of
-- their versions, so that a change of the channel writes one row and not all of theirs. changed_at is
-- the time of the last one, for event streams.
CREATE TABLE channel_changes (
    channel    TEXT   PRIMARY KEY,
    changes    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
