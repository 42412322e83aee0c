-- +goose Up

-- 1 from an auth failure until the provider accepts the channel again, even if the
-- channel has resumed for a probe meanwhile.
ALTER TABLE circuits ADD COLUMN shut_out BIGINT NOT NULL DEFAULT 0;
UPDATE circuits SET shut_out = 1 WHERE cause = 'auth';
