-- +goose Up

-- 1 from when a channel was shut out until its provider serves it again, even where
-- it may go on meanwhile.
ALTER TABLE circuits ADD COLUMN shut_out BIGINT NOT NULL DEFAULT 0;
UPDATE circuits SET shut_out = 1 WHERE cause = 'auth';
