-- +goose Up
-- When the next request of a name is free to go, so that all replicas together
-- keep one rate.
CREATE TABLE limit_rates (
    name    TEXT   PRIMARY KEY,
    free_at BIGINT NOT NULL
);

-- One row is one error that a name may make in a window, taken until a time.
CREATE TABLE limit_errors (
    name        TEXT   NOT NULL,
    slot        BIGINT NOT NULL,
    mark        TEXT   NOT NULL,
    taken_until BIGINT NOT NULL,
    PRIMARY KEY (name, slot)
);

-- A channel that its provider does not serve as it should. opened_at is 0 while
-- failures are only counted; from probe_at on, one relay at a time may try.
CREATE TABLE circuits (
    channel   TEXT   PRIMARY KEY,
    failures  BIGINT NOT NULL,
    cause     TEXT   NOT NULL DEFAULT '',
    opened_at BIGINT NOT NULL DEFAULT 0,
    probe_at  BIGINT NOT NULL DEFAULT 0,
    problem   TEXT   NOT NULL DEFAULT ''
);

-- 1 from before a request that makes a media object until its outcome is known.
ALTER TABLE relays ADD COLUMN sending BIGINT NOT NULL DEFAULT 0;
