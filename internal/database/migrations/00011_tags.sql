-- +goose Up

-- A person's tags for an asset, as a JSON list. folded has them too, a line each.
ALTER TABLE assets ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
