package breaker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mediarelay/internal/library"
)

const columns = "channel, failures, cause, opened_at, probe_at, problem, shut_out"

// Open lists the channels whose breaker is open.
func (b *Breaker) Open(ctx context.Context) (open []Circuit, err error) {
	rows, err := b.library.Read().QueryContext(ctx, "SELECT "+columns+" FROM circuits WHERE opened_at > 0 ORDER BY channel")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return nil, err
		}
		open = append(open, c)
	}
	return open, rows.Err()
}

// lock reads a channel's circuit, or makes one, and holds its row until the
// transaction ends.
func lock(ctx context.Context, tx *sql.Tx, channel string) (Circuit, error) {
	return scan(tx.QueryRowContext(ctx, `INSERT INTO circuits (channel, failures) VALUES ($1, 0)
		ON CONFLICT (channel) DO UPDATE SET channel = excluded.channel RETURNING `+columns, channel))
}

// save reports whether waiting uploads show something else from now on.
func save(ctx context.Context, tx *sql.Tx, before, after Circuit) (shown bool, err error) {
	old, err := problemText(before.Problem)
	if err != nil {
		return false, err
	}
	problem, err := problemText(after.Problem)
	if err != nil {
		return false, err
	}
	needsOperator := 0
	if after.NeedsOperator {
		needsOperator = 1
	}
	_, err = tx.ExecContext(ctx, `UPDATE circuits SET failures = $1, cause = $2, opened_at = $3, probe_at = $4, problem = $5,
		shut_out = $6 WHERE channel = $7`, after.Failures, after.Cause, millis(after.OpenedAt), millis(after.ProbeAt), problem,
		needsOperator, after.Channel)
	return problem != old, err
}

func scan(row interface{ Scan(into ...any) error }) (c Circuit, err error) {
	var opened, probe, needsOperator int64
	var problem string
	if err = row.Scan(&c.Channel, &c.Failures, &c.Cause, &opened, &probe, &problem, &needsOperator); err != nil {
		return Circuit{}, err
	}
	c.NeedsOperator = needsOperator != 0
	if opened > 0 {
		c.OpenedAt, c.ProbeAt = time.UnixMilli(opened).UTC(), time.UnixMilli(probe).UTC()
	}
	if problem != "" {
		c.Problem = new(library.Problem)
		if err := json.Unmarshal([]byte(problem), c.Problem); err != nil {
			return Circuit{}, fmt.Errorf("read the problem of channel %s: %w", c.Channel, err)
		}
	}
	return c, nil
}

// problemText is the JSON of a problem, and empty for none.
func problemText(p *library.Problem) (string, error) {
	if p == nil {
		return "", nil
	}
	text, err := json.Marshal(p)
	return string(text), err
}

// millis is 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
