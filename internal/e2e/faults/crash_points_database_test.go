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

// atSessionChange is a crash point once crashAtSessionChanges has made it one.
const atSessionChange = "before a change of a relay's session is committed"

// sqlCrashFunction is the SQL function of a crash point.
const sqlCrashFunction = "crash_at"

// inTransaction is a crash point in a trigger: the writes of the same transaction are lost
// with the process.
func (d *crasher) inTransaction(_ *sqlite.FunctionContext, step []sqldriver.Value) (sqldriver.Value, error) {
	text, _ := step[0].(string)
	d.at(text)
	return nil, nil
}

// crashAtSessionChanges makes each change of a relay's session a crash point.
func crashAtSessionChanges(i *stage.Process) {
	i.Helper()
	db := i.SQLite("mode=rw")
	defer db.Close()
	_, err := db.ExecContext(context.Background(), "CREATE TRIGGER death AFTER UPDATE OF session_id ON relays "+
		"BEGIN SELECT "+sqlCrashFunction+"('"+strings.ReplaceAll(atSessionChange, "'", "''")+"'); END")
	i.Must(err)
}

// observedPiece is the granularity of a stale read, in bytes.
const observedPiece = 1 << 10

// Arrived is the store's own. With stale reads it hides that bytes were discarded: it
// returns no less than before, in whole pieces.
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
		case <-time.After(time.Millisecond): // nothing signals that a file grows
		}
	}
}

// observed records how many bytes of an upload a read has seen, and reports whether no
// earlier read saw more.
func (d *crasher) observed(id string, n int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n < d.observedBytes[id] {
		return false
	}
	d.observedBytes[id] = n
	return true
}
