package library

import (
	"sync"
	"time"
)

// Change names a row that has changed.
type Change struct {
	ID string
	// Version is the least that the row has. For an asset it grows with every copy.
	Version int64
}

// Changes is what has changed for a follower.
type Changes struct {
	Uploads []Change
	Assets  []Change
	// Complete is a time up to which the follower has been told of every change that was
	// visible then.
	Complete time.Time
}

// Follower collects what changes for one caller: the uploads that the caller has access
// to, and the assets of its channel. Changes of the same row are merged, so a reader that
// is slow costs no more than the rows that have changed.
type Follower struct {
	caller Caller
	ready  chan struct{}

	mu       sync.Mutex
	uploads  changeList
	assets   changeList
	complete time.Time
}

// Ready receives a value when Take has something to return.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// Take returns what has changed since the last call, oldest first.
func (f *Follower) Take() Changes {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Changes{Uploads: f.uploads.take(), Assets: f.assets.take(), Complete: f.complete}
}

func (f *Follower) addUpload(c Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uploads.add(c)
	notify(f.ready)
}

func (f *Follower) addAsset(c Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.assets.add(c)
	notify(f.ready)
}

func (f *Follower) completed(at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.complete = at
}

// changeList holds the rows in the order of their first change, with their newest versions.
type changeList struct {
	order []string
	by    map[string]int64
}

func (l *changeList) add(c Change) {
	if l.by == nil {
		l.by = map[string]int64{}
	}
	known, waits := l.by[c.ID]
	if !waits {
		l.order = append(l.order, c.ID)
	}
	l.by[c.ID] = max(known, c.Version)
}

func (l *changeList) take() []Change {
	changes := make([]Change, len(l.order))
	for i, id := range l.order {
		changes[i] = Change{ID: id, Version: l.by[id]}
	}
	l.order, l.by = nil, nil
	return changes
}
