-- +goose Up
-- What one subject has open: counted at each creation.
CREATE INDEX uploads_open ON uploads (channel, subject, length) WHERE state = 'uploading';

-- Whose file a relay sends: the subjects of a channel take turns.
ALTER TABLE relays ADD COLUMN subject TEXT NOT NULL DEFAULT '';
UPDATE relays SET subject = (SELECT subject FROM uploads WHERE uploads.id = relays.upload_id);

DROP INDEX relays_open;
CREATE INDEX relays_open ON relays (channel, subject, next_at, created_at) WHERE is_open = 1;
