package database

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// probeEvery is how long the writer may be without a commit before it makes one of
	// its own, which shows that the file is still writable.
	probeEvery = time.Second
	// lockPatience is how long another process may hold the write lock of a SQLite file
	// after it was found to.
	lockPatience = 500 * time.Millisecond
	// batchPatience is how long a batch may take with its flush. A busy disk can delay a
	// flush by seconds; one that takes longer is about to fail.
	batchPatience = 10 * time.Second
	// commitAge is the greatest age of the last commit. The limits above are reached
	// first, unless transactions fail without end.
	commitAge = batchPatience + 5*time.Second
)

// readiness remembers how the writer of a SQLite file is doing, so that a readiness check
// need not wait in its queue.
type readiness struct {
	now func() time.Time

	mu        sync.Mutex
	failed    error     // of the last batch
	committed time.Time // when the last commit ended
	concluded time.Time // when the last batch ended, in whatever way
	step      step
	since     time.Time // when the step began
}

// step is what the writer does.
type step int

const (
	idle step = iota
	working
	locked // out, by another process
)

func newReadiness(now func() time.Time) *readiness {
	return &readiness{now: now, committed: now(), concluded: now()}
}

// enter notes what the writer does from this moment on, unless it did that before.
func (r *readiness) enter(s step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.step != s {
		r.step, r.since = s, r.now()
	}
}

// conclude notes the end of a batch, with nil for a commit.
func (r *readiness) conclude(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.step, r.failed, r.concluded = idle, err, r.now()
	if err == nil {
		r.committed = r.concluded
	}
}

// abandon notes the end of a batch that says nothing of the file: its only function
// returned an error.
func (r *readiness) abandon() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.step = idle
}

// untilProbe is how long the writer may still wait for transactions.
func (r *readiness) untilProbe() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, probeEvery-r.now().Sub(r.concluded))
}

// check returns why the file does not accept writes, or nil.
func (r *readiness) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	took := now.Sub(r.since)
	switch {
	case r.failed != nil:
		return fmt.Errorf("database: the last transaction failed: %w", r.failed)
	case r.step == locked && took > lockPatience:
		return errors.New("database: another process holds the write lock of the SQLite file")
	case r.step == working && took > batchPatience:
		return fmt.Errorf("database: a transaction has been running for %v", took.Round(time.Second))
	case now.Sub(r.committed) > commitAge:
		return fmt.Errorf("database: the last commit was %v ago", now.Sub(r.committed).Round(time.Second))
	default:
		return nil
	}
}
