-- +goose Up
-- A client's key counts within its channel and subject.
DROP INDEX uploads_client_key;
CREATE UNIQUE INDEX uploads_client_key ON uploads (channel, subject, client_key);
