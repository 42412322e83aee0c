-- +goose Up

-- What is read again and again is found without reading what waits: the open relays of
-- one channel by their next attempt, and the uploads that may expire by their activity.
-- A partial index is used only if the query repeats its condition word for word.
DROP INDEX relays_due;
CREATE INDEX relays_open ON relays (channel, next_at, created_at) WHERE is_open = 1;

DROP INDEX uploads_state;
CREATE INDEX uploads_unfinished ON uploads (touched_at, id) WHERE state = 'uploading';
CREATE INDEX uploads_ended ON uploads (touched_at, id) WHERE state NOT IN ('uploading', 'checking', 'relaying');
