package relay

import (
	"slices"
	"sync"
)

// maxWatched bounds the uploads that foreruns know of, each with an open file.
const maxWatched = 64

// foreruns are those of this process. They have places of their own, so that slow
// clients never take a finished upload's.
type foreruns struct {
	places chan struct{}

	mu       sync.Mutex
	byUpload map[string]*watched
}

// watched is an upload that foreruns are made for.
type watched struct {
	claimed bool // its worker has come
	all     []*forerun
}

func newForeruns(places int) *foreruns {
	return &foreruns{places: make(chan struct{}, max(0, places)), byUpload: map[string]*watched{}}
}

func (s *foreruns) enter() bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s *foreruns) leave() { <-s.places }

// watch reports whether an upload is to be looked at: nobody does, and there is room.
func (s *foreruns) watch(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.byUpload[id]
	if known || len(s.byUpload) >= maxWatched {
		return false
	}
	s.byUpload[id] = &watched{}
	return true
}

// add makes a forerun known to the upload's worker, or stops it where that one has
// come already and sends the file itself.
func (s *foreruns) add(f *forerun) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.byUpload[f.upload.ID]
	if w.claimed {
		f.stop()
		return
	}
	w.all = append(w.all, f)
}

func (s *foreruns) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byUpload, id)
}

// claim gives an upload's foreruns to the worker who has it now.
func (s *foreruns) claim(id string) []*forerun {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, known := s.byUpload[id]
	if !known {
		return nil
	}
	w.claimed = true
	for _, f := range w.all {
		f.claimed.Store(true)
	}
	return slices.Clone(w.all)
}

// drop stops an upload's foreruns: its worker has gone.
func (s *foreruns) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, known := s.byUpload[id]
	if !known {
		return
	}
	for _, f := range w.all {
		f.stop()
	}
}

// dropUnclaimed stops those that no worker waits for.
func (s *foreruns) dropUnclaimed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.byUpload {
		for _, f := range w.all {
			if !f.claimed.Load() {
				f.stop()
			}
		}
	}
}
