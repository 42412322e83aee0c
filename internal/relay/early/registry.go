package early

import "sync"

// maxWatched bounds the uploads that a process sends early, each with an open file.
const maxWatched = 64

// registry knows the early sends of this process.
type registry struct {
	requests chan struct{} // a token for each request that runs

	mu       sync.Mutex
	byUpload map[string]*watched
}

// watched is an upload that is sent early.
type watched struct {
	claimed bool
	sends   []*Send
}

func newRegistry(requests int) *registry {
	return &registry{requests: make(chan struct{}, max(0, requests)), byUpload: map[string]*watched{}}
}

// enter takes the place of a request, if there is one.
func (r *registry) enter() bool {
	select {
	case r.requests <- struct{}{}:
		return true
	default:
		return false
	}
}

func (r *registry) leave() { <-r.requests }

// watch adds an upload. It reports false if the upload is there already, or if there
// is no room.
func (r *registry) watch(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known := r.byUpload[id]
	if known || len(r.byUpload) >= maxWatched {
		return false
	}
	r.byUpload[id] = &watched{}
	return true
}

// add makes a send known to the upload's worker. If the worker has come already it
// sends the file itself, so this one is stopped.
func (r *registry) add(e *Send) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.byUpload[e.upload.ID]
	if w.claimed {
		e.stop()
		return
	}
	w.sends = append(w.sends, e)
}

func (r *registry) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byUpload, id)
}

// stop stops the sends of an upload.
func (r *registry) stop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w, known := r.byUpload[id]; known {
		w.stop()
	}
}

// stopUnclaimed stops the sends that no worker waits for.
func (r *registry) stopUnclaimed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.byUpload {
		if !w.claimed {
			w.stop()
		}
	}
}

func (w *watched) stop() {
	for _, e := range w.sends {
		e.stop()
	}
}
