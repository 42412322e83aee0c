package store

import (
	"errors"
	"io"
	"sync"
)

// names makes the names of uploads in the folder durable. A flush of the folder serves
// every name that was created before it began, so uploads that end together share one,
// and an upload that ends after another one's flush needs none of its own.
//
// A flush that failed is never followed by a trusted one: the operating system reports a
// lost page only once. A name whose first flush failed therefore stays lost until its
// file is removed and created again.
type names struct {
	// open opens the folder for a flush. A failure to open it loses nothing.
	open func() (flusher, error)
	// turn holds a value while a flush runs.
	turn chan struct{}

	mu sync.Mutex
	// begun and ended count flushes, which are numbered from 1.
	begun, ended uint64
	// failed has the numbers of the flushes that failed.
	failed map[uint64]bool
	// created has, for each name that this process created and did not flush, how many
	// flushes had begun by then. The next one is the name's first.
	created map[string]uint64
	running *flushRound
	waiting *flushRound // has not begun
}

// flusher is an open file or folder; *os.File implements it.
type flusher interface {
	Sync() error
	io.Closer
}

// flushRound is one flush with all that wait for it.
type flushRound struct {
	done chan struct{}
	err  error // valid after done
}

var errNotFlushed = errors.New("flush to disk failed")

func newNames(open func() (flusher, error)) *names {
	return &names{open: open, turn: make(chan struct{}, 1), failed: map[uint64]bool{}, created: map[string]uint64{}}
}

// add records a name that was just created.
func (n *names) add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.created[name] = n.begun
}

// forget drops a name that was removed or is durable.
func (n *names) forget(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.created, name)
}

// persist returns when a name is durable. The error is errNotFlushed if a flush failed
// that the name depended on.
func (n *names) persist(name string) error {
	for {
		n.mu.Lock()
		settled, err := n.outcome(name)
		if settled {
			n.mu.Unlock()
			return err
		}
		first, known := n.created[name]
		round, leads := n.join(known && n.begun > first)
		n.mu.Unlock()
		if leads {
			n.flush(round)
		}
		<-round.done
		if round.err != nil {
			return round.err
		}
		if !known {
			return n.trustUnknown()
		}
	}
}

// outcome reports whether the first flush after a name's creation has ended, and how.
// Another process may create a name at any time, so only a new flush is certain to
// serve it, and none after a failure.
func (n *names) outcome(name string) (settled bool, err error) {
	first, known := n.created[name]
	switch {
	case !known && len(n.failed) > 0, known && n.failed[first+1]:
		return true, errNotFlushed
	default:
		return known && n.ended > first, nil
	}
}

func (n *names) trustUnknown() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.failed) > 0 {
		return errNotFlushed
	}
	return nil
}

// join returns the running flush if that serves the caller, and the next one otherwise.
// The first to wait for the next one leads it.
func (n *names) join(running bool) (round *flushRound, leads bool) {
	if running {
		return n.running, false
	}
	if n.waiting == nil {
		n.waiting, leads = &flushRound{done: make(chan struct{})}, true
	}
	return n.waiting, leads
}

// flush runs a round after the one before.
func (n *names) flush(round *flushRound) {
	n.turn <- struct{}{}
	defer func() { <-n.turn }()
	defer close(round.done)
	folder, err := n.open()
	n.begin(round, err == nil)
	if err != nil {
		round.err = err
		return
	}
	err = errors.Join(folder.Sync(), folder.Close())
	n.end(round, err)
}

// begin lets nobody else join the round. A round that cannot flush has no number.
func (n *names) begin(round *flushRound, flushes bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = nil
	if flushes {
		n.running = round
		n.begun++
	}
}

func (n *names) end(round *flushRound, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.running = nil
	n.ended++
	if err != nil {
		n.failed[n.ended] = true
		round.err = errors.Join(errNotFlushed, err)
	}
}
