package library

import "sync"

// news hands hints from writers to waiting readers of this process. A hint
// carries nothing; the row is the truth.
type news struct {
	mu      sync.Mutex
	readers map[string]map[chan struct{}]struct{}
	work    chan struct{}
	arrival chan string
}

// waitingArrivals is how many hints of arriving bytes wait for who follows them;
// further ones are dropped, as the next chunk tells again.
const waitingArrivals = 64

func newNews() *news {
	return &news{readers: map[string]map[chan struct{}]struct{}{}, work: make(chan struct{}, 1), arrival: make(chan string, waitingArrivals)}
}

func (n *news) subscribe(id string) (<-chan struct{}, func()) {
	hints := make(chan struct{}, 1)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.readers[id] == nil {
		n.readers[id] = map[chan struct{}]struct{}{}
	}
	n.readers[id][hints] = struct{}{}
	return hints, func() { n.unsubscribe(id, hints) }
}

func (n *news) unsubscribe(id string, hints chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.readers[id], hints)
	if len(n.readers[id]) == 0 {
		delete(n.readers, id)
	}
}

func (n *news) tell(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for hints := range n.readers[id] {
		hint(hints)
	}
}

func (n *news) tellWork() { hint(n.work) }

func (n *news) tellArrival(id string) {
	select {
	case n.arrival <- id:
	default:
	}
}

func hint(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // a hint is waiting already
	}
}
