package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// The transactions of a SQLite file are committed together. Each must look as if it were
// alone.

// call is one call of Durable or Relaxed.
type call struct {
	durable bool
	does    string
	row     string
	got     error
	panics  any
	level   int // of synchronous, as the function saw it
}

const (
	succeeds  = "succeeds"
	fails     = "fails after a write"
	misspells = "has a statement that SQLite rejects"
	cancels   = "is canceled after a write"
	panics    = "panics after a write"
	overflows = "fills the disk"
	breaks    = "breaks the commit"
)

var errOwn = errors.New("the function's own error")

func (c *call) run(ctx context.Context, db *database.DB) {
	defer func() { c.panics = recover() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	write := db.Relaxed
	if c.durable {
		write = db.Durable
	}
	c.got = write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&c.level)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO leases (name, owner, epoch, expires_at) VALUES ($1, '', 1, 1)", c.row); err != nil {
			return err
		}
		switch c.does {
		case fails:
			return errOwn
		case misspells:
			_, err := tx.ExecContext(ctx, "INSERT INTO nothing VALUES (1)")
			return err
		case cancels:
			cancel()
		case panics:
			panic(c.row)
		case overflows:
			return exec(ctx, tx, "PRAGMA max_page_count = 1", "CREATE TABLE more (content TEXT)", "INSERT INTO more VALUES (hex(zeroblob(1000000)))")
		case breaks:
			return exec(ctx, tx, "PRAGMA defer_foreign_keys = 1", "INSERT INTO copies (content_id, copy, value, created_at, expires_at) VALUES ('none', '', '', 1, 1)")
		}
		return nil
	})
}

func exec(ctx context.Context, tx *sql.Tx, statements ...string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// together submits calls in order while the writer is busy, so that they are committed
// together as far as their strengths allow.
func together(db *database.DB, calls []*call) {
	var group sync.WaitGroup
	busy, release := make(chan struct{}), make(chan struct{})
	group.Go(func() {
		_ = db.Relaxed(context.Background(), func(*sql.Tx) error { // does nothing
			close(busy)
			<-release
			return errOwn
		})
	})
	<-busy
	for i, c := range calls {
		group.Go(func() { c.run(context.Background(), db) })
		for db.Waiting() <= i {
			time.Sleep(10 * time.Microsecond)
		}
	}
	close(release)
	group.Wait()
}

func names(t testing.TB, db *database.DB) (all []string) {
	t.Helper()
	rows, err := db.Read().QueryContext(context.Background(), "SELECT name FROM leases ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// What a call returns is what is in the database, in the order of the calls, whatever the
// calls beside it do; and a durable call is flushed.
func TestTransactionsThatShareACommitAreIndependent(t *testing.T) {
	does := []string{succeeds, succeeds, succeeds, fails, misspells, cancels, panics, overflows, breaks}
	rapid.Check(t, func(rt *rapid.T) {
		db := databasetest.SQLite(t)
		calls := make([]*call, rapid.IntRange(1, 12).Draw(rt, "calls"))
		for i := range calls {
			calls[i] = &call{durable: rapid.Bool().Draw(rt, "durable"), does: rapid.SampledFrom(does).Draw(rt, "does"), row: fmt.Sprint(i)}
		}
		together(db, calls)
		var want []string
		for i, c := range calls {
			if c.got == nil && c.panics == nil {
				want = append(want, c.row)
			}
			if err := c.wantOwnEnd(calls); err != "" {
				rt.Errorf("call %d, which %s: %s", i, c.does, err)
			}
		}
		if got := names(t, db); fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Errorf("the rows are %v, want those of the calls that returned nil, in order: %v", got, want)
		}
	})
}

// wantOwnEnd says what is wrong with the end of a call; empty if nothing is.
func (c *call) wantOwnEnd(all []*call) string {
	disturbed := false // a commit that fails, and a disk that is full, fail the others too
	for _, other := range all {
		disturbed = disturbed || other.does == overflows || other.does == breaks
	}
	const full = 2 // SQLite's number for synchronous=FULL
	switch {
	case c.does == panics && c.panics != c.row:
		return fmt.Sprintf("it panicked with %v", c.panics)
	case c.does != panics && c.panics != nil:
		return fmt.Sprintf("it panicked with %v", c.panics)
	case c.does == fails && !errors.Is(c.got, errOwn), c.does == cancels && !errors.Is(c.got, context.Canceled):
		return fmt.Sprintf("it returned %v", c.got)
	case (c.does == misspells || c.does == breaks || c.does == overflows) && c.got == nil:
		return "it returned nil"
	case c.does == succeeds && c.got != nil && !disturbed:
		return fmt.Sprintf("it returned %v", c.got)
	case c.durable && c.level != full && !disturbed:
		return fmt.Sprintf("synchronous was %d", c.level)
	default:
		return ""
	}
}

// Those that wait share one commit. A batch is bounded, and a durable transaction does not
// join a relaxed batch.
func TestTransactionsShareCommits(t *testing.T) {
	for name, c := range map[string]struct {
		calls   int
		durable func(int) bool
		commits uint64
	}{
		"durable":             {100, func(int) bool { return true }, 1},
		"relaxed":             {100, func(int) bool { return false }, 1},
		"more than a batch":   {database.MaxBatch + 1, func(int) bool { return true }, 2},
		"some of them":        {100, func(i int) bool { return i%2 == 1 }, 1},
		"a relaxed one first": {2, func(i int) bool { return i == 1 }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			db := databasetest.SQLite(t)
			calls := make([]*call, c.calls)
			for i := range calls {
				calls[i] = &call{durable: c.durable(i), does: succeeds, row: fmt.Sprint(i)}
			}
			before := db.Commits()
			together(db, calls)
			if got := db.Commits() - before; got != c.commits {
				t.Errorf("%d commits, want %d", got, c.commits)
			}
			if got := len(names(t, db)); got != c.calls {
				t.Errorf("%d rows, want %d", got, c.calls)
			}
		})
	}
}

// A function that found a row of a transaction beside it learns of it when others can
// read it: a key that is taken has an upload.
func TestAnErrorIsReturnedAfterTheCommitOfItsCause(t *testing.T) {
	db := databasetest.SQLite(t)
	first, second := &call{durable: true, does: succeeds, row: "same"}, &call{durable: true, does: succeeds, row: "same"}
	together(db, []*call{first, {durable: true, does: succeeds, row: "between"}, second})
	if first.got != nil || second.got == nil || len(names(t, db)) != 2 {
		t.Errorf("got %v and %v, want the second one rejected", first.got, second.got)
	}
	seen := make(chan int, 1)
	var group sync.WaitGroup
	busy, release := make(chan struct{}), make(chan struct{})
	group.Go(func() {
		_ = db.Durable(context.Background(), func(tx *sql.Tx) error { // succeeds
			close(busy)
			<-release
			return exec(context.Background(), tx, "INSERT INTO leases (name, owner, epoch, expires_at) VALUES ('found', '', 1, 1)")
		})
	})
	<-busy
	group.Go(func() {
		(&call{durable: true, does: succeeds, row: "found"}).run(context.Background(), db)
		seen <- len(names(t, db))
	})
	for db.Waiting() == 0 {
		time.Sleep(10 * time.Microsecond)
	}
	close(release)
	group.Wait()
	if got := <-seen; got != 3 {
		t.Errorf("%d rows are visible to the one that was rejected, want 3", got)
	}
}

// A full disk and a commit that fails are the error of each transaction that they undo.
func TestAFailedCommitFailsEachOfItsTransactions(t *testing.T) {
	db := databasetest.SQLite(t)
	calls := []*call{{durable: true, does: succeeds, row: "1"}, {durable: true, does: breaks, row: "2"}, {durable: true, does: succeeds, row: "3"}}
	together(db, calls)
	for _, c := range calls {
		if c.got == nil {
			t.Errorf("call %s returned nil", c.row)
		}
	}
	if got := names(t, db); len(got) != 0 {
		t.Errorf("the rows are %v", got)
	}
	if err := db.Ping(t.Context()); err == nil {
		t.Error("the database is ready, though its last commit failed")
	}
	last := &call{durable: true, does: succeeds, row: "4"}
	last.run(t.Context(), db)
	if err := db.Ping(t.Context()); err != nil || last.got != nil {
		t.Errorf("afterwards: %v, %v", last.got, err)
	}
}

func TestACloseRejectsWhatWaits(t *testing.T) {
	db, err := database.Open(t.Context(), "sqlite:"+t.TempDir()+"/m.db")
	if err != nil {
		t.Fatal(err)
	}
	busy, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 2)
	go func() {
		ended <- db.Durable(context.Background(), func(*sql.Tx) error { close(busy); <-release; return nil })
	}()
	<-busy
	waits := &call{does: succeeds, row: "late"}
	go func() { waits.run(context.Background(), db); ended <- nil }()
	for db.Waiting() == 0 {
		time.Sleep(10 * time.Microsecond)
	}
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	if err := <-ended; err != nil || !errors.Is(waits.got, database.ErrClosed) {
		t.Errorf("got %v and %v, want ErrClosed", err, waits.got)
	}
	close(release)
	if err := errors.Join(<-ended, <-closed); err != nil {
		t.Errorf("the running one: %v", err)
	}
	if err := db.Durable(t.Context(), func(*sql.Tx) error { return nil }); !errors.Is(err, database.ErrClosed) {
		t.Errorf("after the close: %v", err)
	}
}
