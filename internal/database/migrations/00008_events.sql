-- +goose Up
-- What the event stream of a subject reads: the relays that have changed recently, the
-- uploads of one subject that have ended recently, and the copies that are new. Each index
-- holds few rows, or is written once for each upload.
CREATE INDEX uploads_active ON uploads (touched_at, id) WHERE state IN ('checking', 'relaying');
CREATE INDEX uploads_recent ON uploads (channel, subject, touched_at, id) WHERE state IN ('done', 'refused', 'failed');
CREATE INDEX copies_created ON copies (created_at, asset_id);
