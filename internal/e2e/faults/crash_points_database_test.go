package faults

import (
	"context"
	sqldriver "database/sql/driver"
	"os"
	"strings"
	"time"

	"modernc.org/sqlite"

	"mediarelay/internal/e2e/stage"
)

// Steps inside the database, and a store that is looked at too late.

// atSessionChange is no step by itself: dieAtSessionChanges makes it one.
const atSessionChange = "before a change of a relay's session is committed"

// sqlCrashFunction is the SQL function of a step, in the server that dies.
const sqlCrashFunction = "die_at"

// inTransaction is a step in a trigger: what was written before it in the same
// transaction is gone with the process.
func (d *crasher) inTransaction(_ *sqlite.FunctionContext, step []sqldriver.Value) (sqldriver.Value, error) {
	text, _ := step[0].(string)
	d.at(text)
	return nil, nil
}

// crashAtSessionChanges makes a step of each change of what a relay knows of its session.
func crashAtSessionChanges(i *stage.Process) {
	i.Helper()
	db := i.SQLite("mode=rw")
	defer db.Close()
	_, err := db.ExecContext(context.Background(), "CREATE TRIGGER death AFTER UPDATE OF session_id ON relays "+
		"BEGIN SELECT "+sqlCrashFunction+"('"+strings.ReplaceAll(atSessionChange, "'", "''")+"'); END")
	i.Must(err)
}

// observedPiece is how many bytes must have come for a look that is late to see them.
const observedPiece = 1 << 10

// Arrived is the store's own, or a look that comes too late for bytes that are taken
// back: it sees as many again, and only pieces that are whole.
func (m crashingBytes) Arrived(ctx context.Context, id string) (int64, error) {
	if os.Getenv(staleReadsEnv) == "" {
		return m.Bytes.Arrived(ctx, id)
	}
	for {
		n, err := m.Bytes.Arrived(ctx, id)
		n -= n % observedPiece
		if err != nil || m.crasher.observed(id, n) {
			return n, err
		}
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-time.After(time.Millisecond): // a growing file sends no event
		}
	}
}

// observed notes how many bytes of an upload a look has seen, and reports whether no look
// before it saw more.
func (d *crasher) observed(id string, n int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n < d.observedBytes[id] {
		return false
	}
	d.observedBytes[id] = n
	return true
}
