package database_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"mediarelay/internal/database/databasetest"
)

// A statement may run twice at once on one connection: a query whose rows are being read,
// and the same query for one of them.
func TestAStatementRunsInsideItself(t *testing.T) {
	db := databasetest.SQLite(t)
	err := db.Durable(t.Context(), func(tx *sql.Tx) error {
		ctx := t.Context()
		if err := exec(ctx, tx, "INSERT INTO leases (name, owner, epoch, expires_at) VALUES ('a', '', 1, 1), ('b', '', 2, 1)"); err != nil {
			return err
		}
		for range 3 {
			if sum, err := nested(ctx, tx, 2); err != nil || sum != 1+1+2+2+1+2 {
				return errors.Join(err, errors.New("the rows were disturbed"))
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// nested sums the epochs of all leases, and for each the sum of one level less.
func nested(ctx context.Context, tx *sql.Tx, depth int) (sum int, err error) {
	if depth == 0 {
		return 0, nil
	}
	rows, err := tx.QueryContext(ctx, "SELECT epoch FROM leases ORDER BY epoch")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var epoch int
		if err := rows.Scan(&epoch); err != nil {
			return 0, err
		}
		below, err := nested(ctx, tx, depth-1)
		if err != nil {
			return 0, err
		}
		sum += epoch + below
	}
	return sum, rows.Err()
}
