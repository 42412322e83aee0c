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
	byUpload map[string][]*forerun
}

func newForeruns(places int) *foreruns {
	return &foreruns{places: make(chan struct{}, max(0, places)), byUpload: map[string][]*forerun{}}
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
	s.byUpload[id] = nil
	return true
}

func (s *foreruns) add(f *forerun) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byUpload[f.upload.ID] = append(s.byUpload[f.upload.ID], f)
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
	for _, f := range s.byUpload[id] {
		f.claimed.Store(true)
	}
	return slices.Clone(s.byUpload[id])
}

// drop stops an upload's foreruns: its worker has gone.
func (s *foreruns) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.byUpload[id] {
		f.stop()
	}
}

// dropUnclaimed stops those that no worker waits for.
func (s *foreruns) dropUnclaimed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, all := range s.byUpload {
		for _, f := range all {
			if !f.claimed.Load() {
				f.stop()
			}
		}
	}
}
