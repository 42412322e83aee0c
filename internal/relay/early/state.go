package early

import "sync"

// state is the stage of an early send.
type state int

const (
	// following: it sends what arrives, up to the bytes that are held back.
	following state = iota
	// claimed: a worker checks the upload. The send follows on, and does not end because
	// the client is silent: the client has sent everything.
	claimed
	// committed: the worker has checked the file, so the bytes that were held back may go.
	committed
	// won: the worker took its value.
	won
	// over: it ended before it was committed.
	over
)

// lifecycle is the state of one early send. It is safe for use by its own goroutine
// and the worker's.
type lifecycle struct {
	mu        sync.Mutex
	state     state
	digest    string
	committed chan struct{} // closed by commit
}

func newLifecycle() *lifecycle { return &lifecycle{committed: make(chan struct{})} }

func (l *lifecycle) claim() { l.move(claimed, following) }

// win is called by the worker that takes the value.
func (l *lifecycle) win() { l.move(won, committed) }

// end is called when the send makes no more requests.
func (l *lifecycle) end() { l.move(over, following, claimed) }

// commit releases the held-back bytes if the file has this digest. After the
// end it does nothing.
func (l *lifecycle) commit(digest string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == following || l.state == claimed {
		l.state, l.digest = committed, digest
		close(l.committed)
	}
}

func (l *lifecycle) move(to state, from ...state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range from {
		if l.state == s {
			l.state = to
			return
		}
	}
}

func (l *lifecycle) now() state {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// checked returns the digest that was committed; ok is false before.
func (l *lifecycle) checked() (digest string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.digest, l.state == committed || l.state == won
}
