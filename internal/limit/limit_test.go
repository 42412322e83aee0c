package limit_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/limit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// perSecond allows at most 25 starts in any second: a burst of 3, then 22.
var perSecond = limit.Rate{Every: 45 * time.Millisecond, Burst: 3}

// clock is a clock that the test advances.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// each runs a test with two replicas on one database, on SQLite and on Postgres.
func each(t *testing.T, test func(t *testing.T, c *clock, replicas []*limit.Limits)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		c := newClock()
		test(t, c, []*limit.Limits{limit.New(db, c.Now), limit.New(db, c.Now)})
	})
}

func reserve(t *testing.T, l *limit.Limits, name string) time.Duration {
	t.Helper()
	wait, err := l.Reserve(t.Context(), name, perSecond)
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

// mostPerSecond returns the largest number of starts within one second.
func mostPerSecond(starts []time.Duration) (most int) {
	slices.Sort(starts)
	for i := range starts {
		held := 0
		for _, s := range starts[i:] {
			if s-starts[i] < time.Second {
				held++
			}
		}
		most = max(most, held)
	}
	return most
}

func TestReplicasShareOneRate(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, replicas []*limit.Limits) {
		var mu sync.Mutex
		var starts []time.Duration
		var group sync.WaitGroup
		for i := range 100 {
			group.Go(func() {
				wait := reserve(t, replicas[i%2], "acme")
				mu.Lock()
				defer mu.Unlock()
				starts = append(starts, wait)
			})
		}
		group.Wait()
		if most := mostPerSecond(starts); most != 25 {
			t.Errorf("the busiest second has %d starts, want 25", most)
		}
		if first := starts[:perSecond.Burst]; slices.Max(first) != 0 {
			t.Errorf("the burst waits: %v", first)
		}
	})
}

func TestNamesAreIndependent(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, replicas []*limit.Limits) {
		for range 50 {
			reserve(t, replicas[0], "busy")
		}
		if wait := reserve(t, replicas[0], "quiet"); wait != 0 {
			t.Errorf("the other name waits %v", wait)
		}
	})
}

func TestTokensRefill(t *testing.T) {
	each(t, func(t *testing.T, c *clock, replicas []*limit.Limits) {
		for range 10 {
			reserve(t, replicas[0], "acme")
		}
		c.advance(10 * perSecond.Every)
		if wait := reserve(t, replicas[0], "acme"); wait != 0 {
			t.Errorf("waits %v after all tokens were refilled", wait)
		}
	})
}

// A clock that was a day ahead must not block the name for a day.
func TestWrongClockDoesNotBlockLimits(t *testing.T) {
	each(t, func(t *testing.T, c *clock, replicas []*limit.Limits) {
		c.advance(24 * time.Hour)
		reserve(t, replicas[0], "acme")
		for range once.Errors {
			try(t, replicas[0], "acme")
		}
		c.advance(-24 * time.Hour)
		if wait := reserve(t, replicas[0], "acme"); wait != 0 {
			t.Errorf("the name waits %v", wait)
		}
		try(t, replicas[0], "acme")
	})
}

func TestWaitCanBeCanceled(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, replicas []*limit.Limits) {
		slow := limit.Rate{Every: 30 * time.Second, Burst: 1}
		if err := replicas[0].Wait(t.Context(), "acme", slow); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		away := errors.New("away")
		time.AfterFunc(time.Millisecond, func() { cancel(away) })
		if err := replicas[0].Wait(ctx, "acme", slow); !errors.Is(err, away) && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the cause of the cancellation", err)
		}
	})
}

var once = limit.Budget{Errors: 4, Window: time.Hour}

func try(t *testing.T, l *limit.Limits, name string) *limit.Try {
	t.Helper()
	got, err := l.Try(t.Context(), name, once)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func wantSpent(t *testing.T, l *limit.Limits, name string) {
	t.Helper()
	if _, err := l.Try(t.Context(), name, once); !errors.Is(err, limit.ErrSpent) {
		t.Errorf("got %v, want ErrSpent", err)
	}
}

func TestBudgetOfFourErrorsAnHour(t *testing.T) {
	each(t, func(t *testing.T, c *clock, replicas []*limit.Limits) {
		try(t, replicas[0], "acme")
		c.advance(30 * time.Minute)
		for range 3 {
			try(t, replicas[1], "acme")
		}
		wantSpent(t, replicas[0], "acme")
		try(t, replicas[0], "other")
		c.advance(30 * time.Minute) // the first is an hour old, the others are not
		try(t, replicas[0], "acme")
		wantSpent(t, replicas[1], "acme")
	})
}

func TestSuccessReturnsTheError(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, replicas []*limit.Limits) {
		for range 10 {
			if err := try(t, replicas[0], "acme").Succeeded(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestConcurrentTriesShareTheBudget(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, replicas []*limit.Limits) {
		var group sync.WaitGroup
		var mu sync.Mutex
		may := 0
		for i := range 20 {
			group.Go(func() {
				_, err := replicas[i%2].Try(context.Background(), "acme", once)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					may++
				} else if !errors.Is(err, limit.ErrSpent) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if may != once.Errors {
			t.Errorf("%d tries were allowed, want %d", may, once.Errors)
		}
	})
}
