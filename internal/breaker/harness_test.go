package breaker_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// fixture is the breakers over a library whose uploads wait for them.
type fixture struct {
	*breaker.Breaker
	library *library.Library
}

func newFixture(db *database.DB) *fixture {
	l := library.New(db)
	return &fixture{breaker.New(l), l}
}

// each runs a test on SQLite and on Postgres.
func each(t *testing.T, test func(t *testing.T, b *fixture)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(t, newFixture(db)) })
}

// held is a lease that is held.
var held lease

type lease struct{}

func (lease) Check(context.Context, *sql.Tx) error { return nil }

// useTestClock replaces the clock by one that the test moves.
func useTestClock(b *fixture) (move func(time.Duration)) {
	now := time.Unix(1_800_000_000, 0)
	b.library.UseClock(func() time.Time { return now })
	return func(by time.Duration) { now = now.Add(by) }
}

// failed is a failure of channel acme that began so many seconds after the start of
// the test and trips the breaker for exactly coolDown; 0 leaves it closed.
func failed(began int64, coolDown time.Duration) breaker.Failure {
	trip := breaker.Trip{After: 1, Backoff: breaker.Backoff{First: coolDown, Longest: coolDown, Jitter: 0.5}}
	if coolDown == 0 {
		trip = breaker.Trip{}
	}
	return breaker.Failure{
		Channel: "acme", Cause: "auth", NeedsOperator: true, Began: time.Unix(1_800_000_000+began, 0), Trip: trip,
		Problem: library.Problem{Reason: reason.Reason{Code: reason.ProviderAccount}, Retryable: true, Detail: "HTTP 401"},
	}
}

func fail(t *testing.T, b *fixture, f breaker.Failure) breaker.Circuit {
	t.Helper()
	c, err := b.RecordFailure(t.Context(), f)
	must(t, err)
	return c
}

// finished makes an upload of channel acme whose relay waits.
func finished(t *testing.T, b *fixture, id string) {
	t.Helper()
	must(t, b.library.CreateUpload(t.Context(), library.Upload{
		ID: id, Channel: "acme", ClientKey: "key of " + id, Length: 5, Purposes: []media.Purpose{media.PurposeMessage},
	}))
	must(t, b.library.FinishUpload(t.Context(), id, "digest of "+id, nil))
}

func wantState(t *testing.T, b *fixture, id string, want library.State) library.Upload {
	t.Helper()
	u, err := b.library.UploadByID(t.Context(), id)
	if err != nil || u.State != want {
		t.Errorf("upload %s: state %q, %v, want %q", id, u.State, err, want)
	}
	return u
}

func dueRelays(t *testing.T, b *fixture) []library.Relay {
	t.Helper()
	due, err := b.library.DueRelays(t.Context(), func(string) library.Capacity { return library.Capacity{Free: 10} })
	must(t, err)
	return due
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
