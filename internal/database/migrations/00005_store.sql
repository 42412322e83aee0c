-- +goose Up

-- The id of the store whose bytes the other tables describe. It is empty until the
-- first start has paired the database with a folder.
CREATE TABLE store (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    id  TEXT   NOT NULL
);
INSERT INTO store (one, id) VALUES (1, '');
