package limit_test

import (
	"testing"
	"time"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/limit"
)

func TestTokensComeByTheDatabasesClock(t *testing.T) {
	db, c := databasetest.SQLite(t), newClock()
	db.UseWallClock(c.Now)
	l := limit.New(db, nil)
	for range perSecond.Burst {
		reserve(t, l, "acme")
	}
	if wait := reserve(t, l, "acme"); wait != perSecond.Every {
		t.Errorf("after the burst: %v, want %v", wait, perSecond.Every)
	}
}

// Replicas take the database's word for the time, so their tokens come from one bucket.
func TestAReplicaWhoseClockIsWrongKeepsTheRate(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			right, wrong := databasetest.Apart(t, by)
			replicas := []*limit.Limits{limit.New(right, nil), limit.New(wrong, nil)}
			const inaccuracy = 200 * time.Millisecond // of two measures of the server's clock, on a busy machine
			began := time.Now()
			for n := range 60 {
				wait := reserve(t, replicas[n%2], "acme")
				earliest := time.Duration(n+1-perSecond.Burst)*perSecond.Every - inaccuracy
				if at := time.Since(began) + wait; at < earliest {
					t.Fatalf("request %d may go after %v, want %v or later", n+1, at, earliest)
				}
			}
		})
	}
}

// An error that one booked holds for the window of the other.
func TestAReplicaWhoseClockIsWrongKeepsTheBudget(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			right, wrong := databasetest.Apart(t, by)
			replicas := []*limit.Limits{limit.New(right, nil), limit.New(wrong, nil)}
			for n := range once.Errors {
				try(t, replicas[n%2], "acme")
			}
			for _, l := range replicas {
				wantSpent(t, l, "acme")
			}
		})
	}
}
