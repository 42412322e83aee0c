package lease

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnlyOneHolder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		here, there := NewKeeper(db), NewKeeper(db)
		first := acquire(t, here, "upload/a")
		for name, keeper := range map[string]*Keeper{"same process": here, "other process": there} {
			if _, err := keeper.Acquire(t.Context(), "upload/a"); !errors.Is(err, ErrHeld) {
				t.Errorf("%s: got %v, want ErrHeld", name, err)
			}
		}
		acquire(t, there, "upload/b")
		release(t, first)
		acquire(t, there, "upload/a")
	})
}

func TestExpiredLeaseIsTakenOver(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		dead, heir := NewKeeper(db), NewKeeper(db)
		old := acquire(t, dead, "relay/x")
		check(t, db, old, nil)

		heir.now = func() time.Time { return time.Now().Add(TimeToLive + time.Second) }
		taken := acquire(t, heir, "relay/x")

		check(t, db, old, ErrLost)
		check(t, db, taken, nil)
		await(t, old.Lost(), "the old holder to learn that it lost")
		release(t, old)
		check(t, db, taken, nil) // an old holder's release leaves the new one alone
	})
}

func TestHeartbeatRenewsLeasesAndFindsLostOnes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keeper, thief := NewKeeper(db), NewKeeper(db)
		kept, stolen := acquire(t, keeper, "kept"), acquire(t, keeper, "stolen")

		later := time.Now().Add(TimeToLive + time.Second)
		keeper.now = func() time.Time { return later }
		thief.now = keeper.now
		acquire(t, thief, "stolen")
		keeper.heartbeat(t.Context())

		await(t, stolen.Lost(), "the stolen lease to be lost")
		if _, err := thief.Acquire(t.Context(), "kept"); !errors.Is(err, ErrHeld) {
			t.Errorf("got %v, want the renewed lease still held", err)
		}
		check(t, db, kept, nil)
	})
}

func TestRequestRelease(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		holder, other := NewKeeper(db), NewKeeper(db)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { holder.Run(ctx); close(ended) }()

		for name, asks := range map[string]*Keeper{"upload/here": holder, "upload/there": other} {
			l := acquire(t, holder, name)
			if err := asks.RequestRelease(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			await(t, l.ReleaseRequested(), "a release request for "+name)
			released := holder.Released()
			release(t, l)
			await(t, released, "the release to be announced")
		}
		cancel()
		await(t, ended, "the keeper to stop")
	})
}

func TestLeasesAreLostAfterALongOutage(t *testing.T) {
	db := databasetest.SQLite(t)
	keeper := NewKeeper(db)
	l := acquire(t, keeper, "relay/x")
	keeper.db = gone{}

	keeper.heartbeat(t.Context())
	select {
	case <-l.Lost():
		t.Fatal("lost at the first failed heartbeat, want it kept for its time to live")
	default:
	}
	keeper.steady = func() time.Time { return time.Now().Add(safeLife) }
	keeper.heartbeat(t.Context())
	await(t, l.Lost(), "the lease to be lost")
}

func TestClearStale(t *testing.T) {
	db := databasetest.SQLite(t)
	old := acquire(t, NewKeeper(db), "upload/a")
	heir := NewKeeper(db)
	if err := heir.ClearStale(t.Context()); err != nil {
		t.Fatal(err)
	}
	acquire(t, heir, "upload/a")
	check(t, db, old, ErrLost)
}

// The heartbeat would renew such a row and block its name permanently.
func TestFailedReleaseIsSwept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keeper, other := NewKeeper(db), NewKeeper(db)
		acquire(t, keeper, "kept")
		stuck := acquire(t, keeper, "stuck")
		keeper.db = gone{}
		if err := stuck.Release(t.Context()); err == nil {
			t.Fatal("the release succeeded, want it to fail")
		}
		keeper.db = db
		keeper.heartbeat(t.Context())
		release(t, acquire(t, other, "stuck"))
		if _, err := other.Acquire(t.Context(), "kept"); !errors.Is(err, ErrHeld) {
			t.Errorf("got %v, want the held lease left alone", err)
		}
	})
}

type gone struct{}

func (gone) Relaxed(context.Context, func(*sql.Tx) error) error {
	return errors.New("database is away")
}

func (gone) Now() time.Time { return time.Now() }

func acquire(t *testing.T, k anyKeeper, name string) *Lease {
	t.Helper()
	l, err := k.Acquire(t.Context(), name)
	if err != nil {
		t.Fatalf("acquire %s: %v", name, err)
	}
	return l
}

func release(t *testing.T, l *Lease) {
	t.Helper()
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, db *database.DB, l *Lease, want error) {
	t.Helper()
	err := db.Durable(t.Context(), func(tx *sql.Tx) error { return l.Check(t.Context(), tx) })
	if !errors.Is(err, want) {
		t.Errorf("check %s: got %v, want %v", l.name, err, want)
	}
}

func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("timed out waiting for " + what)
	}
}

// A lease written with a clock that was ahead would block its name until that time.
func TestWrongClockDoesNotBlockLeases(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		wrong, right := NewKeeper(db), NewKeeper(db)
		wrong.now = func() time.Time { return time.Now().Add(24 * time.Hour) }
		old := acquire(t, wrong, "relay/x")
		taken := acquire(t, right, "relay/x")
		check(t, db, old, ErrLost)
		check(t, db, taken, nil)
	})
}
