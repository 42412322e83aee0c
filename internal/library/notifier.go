package library

import "sync"

// notifier wakes readers of this process after a write, and its feed. A notification
// carries nothing: the reader reads the row again.
type notifier struct {
	feed    *feed
	mu      sync.Mutex
	readers map[string]map[chan struct{}]struct{} // by upload
	relays  chan struct{}
}

func newNotifier(f *feed) *notifier {
	return &notifier{feed: f, readers: map[string]map[chan struct{}]struct{}{}, relays: make(chan struct{}, 1)}
}

func (n *notifier) subscribe(id string) (<-chan struct{}, func()) {
	changes := make(chan struct{}, 1)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.readers[id] == nil {
		n.readers[id] = map[chan struct{}]struct{}{}
	}
	n.readers[id][changes] = struct{}{}
	return changes, func() { n.unsubscribe(id, changes) }
}

func (n *notifier) unsubscribe(id string, changes chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.readers[id], changes)
	if len(n.readers[id]) == 0 {
		delete(n.readers, id)
	}
}

func (n *notifier) uploadChanged(id string) {
	n.feed.uploadChanged(id)
	n.mu.Lock()
	defer n.mu.Unlock()
	for changes := range n.readers[id] {
		notify(changes)
	}
}

func (n *notifier) relaysChanged() { notify(n.relays) }

func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // a notification is waiting already
	}
}
