package lease

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// What both keepers must do within one process.

type anyKeeper interface {
	keeper
	Acquire(ctx context.Context, name string) (*Lease, error)
	RequestRelease(ctx context.Context, name string) error
	Released() <-chan struct{}
}

// eachKeeper runs a test with a Memory, and with a Keeper on each engine.
func eachKeeper(t *testing.T, test func(t *testing.T, db *database.DB, k anyKeeper)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Run("rows", func(t *testing.T) { test(t, db, NewKeeper(db)) })
		if !db.Shared() {
			t.Run("memory", func(t *testing.T) { test(t, db, NewMemory()) })
		}
	})
}

func TestANameHasOneHolder(t *testing.T) {
	eachKeeper(t, func(t *testing.T, db *database.DB, k anyKeeper) {
		first := acquire(t, k, "upload/a")
		if _, err := k.Acquire(t.Context(), "upload/a"); !errors.Is(err, ErrHeld) {
			t.Errorf("got %v, want ErrHeld", err)
		}
		other := acquire(t, k, "upload/b")
		check(t, db, first, nil)
		release(t, first)
		second := acquire(t, k, "upload/a")
		check(t, db, second, nil)
		check(t, db, other, nil)
	})
}

func TestAReleasedLeaseRecordsNothing(t *testing.T) {
	eachKeeper(t, func(t *testing.T, db *database.DB, k anyKeeper) {
		old := acquire(t, k, "relay/x")
		release(t, old)
		check(t, db, old, ErrLost)
		await(t, old.Lost(), "the old holder to learn that it lost")
		heir := acquire(t, k, "relay/x")
		check(t, db, old, ErrLost)
		release(t, old) // leaves the new holder alone
		check(t, db, heir, nil)
	})
}

func TestAReleaseIsRequestedOfTheHolderOnly(t *testing.T) {
	eachKeeper(t, func(t *testing.T, _ *database.DB, k anyKeeper) {
		if err := k.RequestRelease(t.Context(), "upload/a"); err != nil {
			t.Errorf("of a name without a holder: %v", err)
		}
		l, other := acquire(t, k, "upload/a"), acquire(t, k, "upload/b")
		wantOpen(t, l.ReleaseRequested(), "a request from before the acquisition")
		for range 2 {
			if err := k.RequestRelease(t.Context(), "upload/a"); err != nil {
				t.Fatal(err)
			}
		}
		await(t, l.ReleaseRequested(), "the release request")
		wantOpen(t, other.ReleaseRequested(), "a request of another name")
		released := k.Released()
		release(t, l)
		await(t, released, "the release to be announced")
		wantOpen(t, k.Released(), "an announcement of a past release")
		wantOpen(t, acquire(t, k, "upload/a").ReleaseRequested(), "a request to the previous holder")
	})
}

func TestAnAcquisitionThatIsCanceledHoldsNothing(t *testing.T) {
	eachKeeper(t, func(t *testing.T, _ *database.DB, k anyKeeper) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := k.Acquire(ctx, "upload/a"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		release(t, acquire(t, k, "upload/a"))
	})
}

// Any sequence of acquisitions and releases leaves at most one lease of a name that can
// record something, and it is the last one acquired.
func TestOnlyTheHolderCanRecord(t *testing.T) {
	eachKeeper(t, func(t *testing.T, db *database.DB, k anyKeeper) {
		rapid.Check(t, func(rt *rapid.T) {
			holders, old := map[string]*Lease{}, map[string]*Lease{} // by name; the last one of each
			name := rapid.SampledFrom([]string{"a", "b", "c"})
			rt.Repeat(map[string]func(*rapid.T){
				"acquire": func(rt *rapid.T) {
					n := name.Draw(rt, "name")
					l, err := k.Acquire(t.Context(), n)
					if held := holders[n] != nil; held != errors.Is(err, ErrHeld) || !held && err != nil {
						rt.Fatalf("%s: held %v, got %v", n, held, err)
					}
					if err == nil {
						holders[n] = l
					}
				},
				"release": func(rt *rapid.T) {
					n := name.Draw(rt, "name")
					if l := holders[n]; l != nil {
						release(t, l)
						delete(holders, n)
						old[n] = l
					}
				},
				"release again": func(rt *rapid.T) {
					if l := old[name.Draw(rt, "name")]; l != nil {
						release(t, l)
					}
				},
				"": func(rt *rapid.T) {
					for _, l := range holders {
						wantCheck(rt, db, l, nil)
					}
					for _, l := range old {
						wantCheck(rt, db, l, ErrLost)
					}
				},
			})
			for _, l := range holders {
				release(t, l)
			}
		})
	})
}

func wantCheck(t *rapid.T, db *database.DB, l *Lease, want error) {
	err := db.Relaxed(context.Background(), func(tx *sql.Tx) error { return l.Check(context.Background(), tx) })
	if !errors.Is(err, want) {
		t.Fatalf("check %s: got %v, want %v", l.name, err, want)
	}
}

func wantOpen(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
		t.Errorf("it got %s", what)
	default:
	}
}
