-- +goose Up
-- When the token bucket of a name is full again. All replicas share it.
CREATE TABLE limit_rates (
    name    TEXT   PRIMARY KEY,
    free_at BIGINT NOT NULL
);

-- One row is one error in the budget of a name, booked until a time.
CREATE TABLE limit_errors (
    name        TEXT   NOT NULL,
    slot        BIGINT NOT NULL,
    mark        TEXT   NOT NULL,
    taken_until BIGINT NOT NULL,
    PRIMARY KEY (name, slot)
);

-- The circuit breaker of a channel. opened_at is 0 while it is closed and only counts
-- failures. From probe_at on, one relay at a time may probe.
CREATE TABLE circuits (
    channel   TEXT   PRIMARY KEY,
    failures  BIGINT NOT NULL,
    cause     TEXT   NOT NULL DEFAULT '',
    opened_at BIGINT NOT NULL DEFAULT 0,
    probe_at  BIGINT NOT NULL DEFAULT 0,
    problem   TEXT   NOT NULL DEFAULT ''
);

-- 1 while a request that creates a media object has no known outcome.
ALTER TABLE relays ADD COLUMN sending BIGINT NOT NULL DEFAULT 0;
