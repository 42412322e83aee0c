package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// ErrClosed: the database was closed before the transaction began.
var ErrClosed = errors.New("database: closed")

// maxBatch bounds the transactions that are committed together. At a tenth of a
// millisecond each, a batch then takes about as long as a flush.
const maxBatch = 128

// lockWait is how long SQLite itself waits for another process. The writer then tries
// again, and knows meanwhile that the file is locked, which a slow start of a transaction
// on a busy machine would not tell.
const lockWait = 250 * time.Millisecond

// writer commits the transactions of a SQLite file, which has one writer at a time. It
// takes them in the order of their submission and commits those that wait together, so
// that they share one flush. While it commits, the next ones gather.
//
// A function runs in the goroutine of its caller, when the writer gives it its turn. So a
// panic ends in the caller.
type writer struct {
	pools     map[strength]*sql.DB
	metrics   *metrics
	readiness *readiness

	mu      sync.Mutex
	waiting []*member
	closed  bool

	arrived chan struct{} // a member waits, or the writer is closed
	ended   chan struct{}
	started sync.Once
}

func newWriter(durablePool, relaxedPool *sql.DB) *writer {
	return &writer{
		pools: map[strength]*sql.DB{durable: durablePool, relaxed: relaxedPool}, metrics: newMetrics(), readiness: newReadiness(time.Now),
		arrived: make(chan struct{}, 1), ended: make(chan struct{}),
	}
}

// do runs fn in a transaction and returns after its commit. Once fn has begun, do returns
// the outcome even if ctx is canceled.
func (w *writer) do(ctx context.Context, s strength, fn func(*sql.Tx) error) error {
	m := &member{ctx: ctx, strength: s, turn: make(chan struct{}), ran: make(chan error, 1), outcome: make(chan error, 1)}
	if err := w.submit(m); err != nil {
		return err
	}
	select {
	case <-m.turn:
	case <-ctx.Done():
		if w.withdraw(m) {
			return ctx.Err()
		}
		<-m.turn
	}
	if m.tx != nil {
		m.run(fn)
	}
	return <-m.outcome
}

func (w *writer) submit(m *member) error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.waiting = append(w.waiting, m)
	w.metrics.queue.Set(float64(len(w.waiting)))
	w.wake()
	return nil
}

// withdraw reports whether a member was still waiting, and removes it.
func (w *writer) withdraw(m *member) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.Index(w.waiting, m)
	if at < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, at, at+1)
	w.metrics.queue.Set(float64(len(w.waiting)))
	return true
}

// take removes the first member that waits, if a batch of a strength may have it: a
// durable one waits for a durable batch, and those behind it wait too.
func (w *writer) take(s strength) *member {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 || s == relaxed && w.waiting[0].strength == durable {
		return nil
	}
	m := w.waiting[0]
	w.waiting = slices.Delete(w.waiting, 0, 1)
	w.metrics.queue.Set(float64(len(w.waiting)))
	return m
}

// next is what the next batch begins with: how many members wait, and whether one of
// those that fit into it must be durable.
func (w *writer) next() (waiting int, s strength) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.waiting[:min(len(w.waiting), maxBatch)]
	if slices.ContainsFunc(first, func(m *member) bool { return m.strength == durable }) {
		return len(w.waiting), durable
	}
	return len(w.waiting), relaxed
}

// wake is called under the lock.
func (w *writer) wake() {
	select {
	case w.arrived <- struct{}{}:
	default: // the writer will look at the queue anyway
	}
}

// run works until close.
func (w *writer) run() {
	w.started.Do(func() {
		defer close(w.ended)
		w.setLockWait()
		for w.await() {
			w.work()
		}
	})
}

// setLockWait shortens the wait that the migration has needed. A pool without the setting
// only notices a lock later.
func (w *writer) setLockWait() {
	for _, pool := range w.pools {
		_, err := pool.ExecContext(context.Background(), fmt.Sprintf("PRAGMA busy_timeout = %d", lockWait.Milliseconds()))
		if err != nil {
			slog.Warn("the wait for a locked SQLite file could not be set", "error", err)
		}
	}
}

// await waits until a member waits or a probe is due. It reports false after close.
func (w *writer) await() bool {
	due := time.NewTimer(w.readiness.untilProbe())
	defer due.Stop()
	select {
	case <-w.arrived:
	case <-due.C:
	}
	return !w.isClosed()
}

// work commits what waits, and a probe if nothing was committed for a while.
func (w *writer) work() {
	for !w.isClosed() {
		waiting, s := w.next()
		if waiting > 0 {
			w.commit(waiting, s)
		}
		if w.readiness.untilProbe() == 0 {
			w.probe()
		} else if waiting == 0 {
			return
		}
	}
}

func (w *writer) isClosed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// close rejects the members that wait and returns when the running batch has ended.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	rejected := w.waiting
	w.waiting = nil
	w.metrics.queue.Set(0)
	w.wake()
	w.mu.Unlock()
	for _, m := range rejected {
		m.reject(ErrClosed)
	}
	w.started.Do(func() { close(w.ended) }) // it never ran
	<-w.ended
}
