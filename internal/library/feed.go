package library

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// The timing of a feed.
const (
	// feedPoll is how often the database is read for changes by other replicas.
	feedPoll = time.Second
	// feedRecheck is how often the whole of FeedOverlap is read, for transactions that
	// took long to commit.
	feedRecheck = 10 * time.Second
	// feedMargin covers usual commits, and how far the clocks of replicas differ.
	feedMargin = 2 * time.Second
)

// FeedOverlap is how much later than its time of change a row may become visible to other
// replicas. Postgres ends a transaction that is idle for 5 s, so the rest is for a slow
// commit.
const FeedOverlap = 2 * time.Minute

// owner is the subject of a channel that uploads belong to, or all subjects of the channel.
type owner struct {
	channel, subject string
	all              bool
}

func (c Caller) owner() owner {
	if c.AnySubject {
		return owner{channel: c.Channel, all: true}
	}
	return owner{channel: c.Channel, subject: c.Subject}
}

// feed tells followers what has changed. However many there are, one goroutine reads the
// database: once for the changes of this process, at once, and once a second for those by
// other replicas. It runs while there are followers.
type feed struct {
	library *Library
	wake    chan struct{}

	mu        sync.Mutex
	followers map[owner]map[*Follower]struct{}
	stop      context.CancelFunc // ends the goroutine; nil while it does not run
	// What this process has changed since the goroutine last looked.
	uploads  map[string]struct{}
	assets   map[assetName]struct{}
	channels bool
}

// assetName is the ID of an asset with its channel.
type assetName struct{ channel, id string }

func newFeed(l *Library) *feed {
	return &feed{
		library: l, wake: make(chan struct{}, 1), followers: map[owner]map[*Follower]struct{}{},
		uploads: map[string]struct{}{}, assets: map[assetName]struct{}{},
	}
}

// Follow returns a follower of what changes from now on for a caller, and a function that
// ends it.
func (l *Library) Follow(caller Caller) (f *Follower, stop func()) {
	f = &Follower{caller: caller, ready: make(chan struct{}, 1), complete: l.now()}
	l.feed.add(f)
	return f, func() { l.feed.remove(f) }
}

func (d *feed) add(f *Follower) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o := f.caller.owner()
	if d.followers[o] == nil {
		d.followers[o] = map[*Follower]struct{}{}
	}
	d.followers[o][f] = struct{}{}
	if d.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		d.stop = stop
		go d.run(ctx, d.library.now())
	}
}

func (d *feed) remove(f *Follower) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o := f.caller.owner()
	delete(d.followers[o], f)
	if len(d.followers[o]) == 0 {
		delete(d.followers, o)
	}
	if len(d.followers) == 0 && d.stop != nil {
		d.stop()
		d.stop = nil
	}
}

// uploadChanged is called after each change of an upload by this process.
func (d *feed) uploadChanged(id string) {
	d.changed(func() { d.uploads[id] = struct{}{} })
}

// assetChanged is called after each change of an asset by this process.
func (d *feed) assetChanged(channel, id string) {
	d.changed(func() { d.assets[assetName{channel, id}] = struct{}{} })
}

// channelChanged is called after a change of all the waiting uploads of a channel.
func (d *feed) channelChanged() {
	d.changed(func() { d.channels = true })
}

func (d *feed) changed(note func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop == nil {
		return
	}
	note()
	notify(d.wake)
}

// run works until ctx ends. Changes before began are no concern of its followers.
func (d *feed) run(ctx context.Context, began time.Time) {
	p := &poll{feed: d, last: began, lastWhole: began}
	tick := time.NewTicker(feedPoll)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
			err = d.passOn(ctx, p)
		case <-tick.C:
			err = p.read(ctx)
		}
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "changes could not be read for event streams; trying again", "error", err)
		}
	}
}

// passOn tells the followers what this process has changed. What cannot be read is found by
// the next poll.
func (d *feed) passOn(ctx context.Context, p *poll) error {
	d.mu.Lock()
	uploads, assets, channels := d.uploads, d.assets, d.channels
	d.uploads, d.assets, d.channels = map[string]struct{}{}, map[assetName]struct{}{}, false
	d.mu.Unlock()
	if channels {
		return p.read(ctx)
	}
	changed, err := d.library.changesOf(ctx, uploads)
	if err != nil {
		return err
	}
	renewed, err := d.library.assetsOf(ctx, assets)
	if err != nil {
		return err
	}
	d.tell(changed, renewed)
	return nil
}

// rowChange is a change with its owner.
type rowChange struct {
	owner
	Change
}

func (d *feed) tell(uploads, assets []rowChange) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range uploads {
		for f := range d.followers[c.owner] {
			f.addUpload(c.Change)
		}
		for f := range d.followers[owner{channel: c.channel, all: true}] {
			f.addUpload(c.Change)
		}
	}
	if len(assets) == 0 {
		return
	}
	byChannel := map[string][]Change{}
	for _, c := range assets {
		byChannel[c.channel] = append(byChannel[c.channel], c.Change)
	}
	for o, followers := range d.followers {
		for f := range followers {
			for _, c := range byChannel[o.channel] {
				f.addAsset(c)
			}
		}
	}
}

func (d *feed) completed(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, followers := range d.followers {
		for f := range followers {
			f.completed(at)
		}
	}
}

// poll reads what has changed, by whichever process.
type poll struct {
	feed *feed
	// last is the time of the last successful read, and lastWhole of the last one that
	// covered FeedOverlap.
	last, lastWhole time.Time
}

func (p *poll) read(ctx context.Context) error {
	now := p.feed.library.now()
	since := p.last.Add(-feedMargin)
	whole := now.Sub(p.lastWhole) >= feedRecheck
	if whole {
		since = p.lastWhole.Add(-FeedOverlap)
	}
	uploads, err := p.feed.library.uploadsSince(ctx, since)
	if err != nil {
		return err
	}
	assets, err := p.feed.library.assetsSince(ctx, since)
	if err != nil {
		return err
	}
	p.feed.tell(uploads, assets)
	p.feed.completed(now)
	p.last = now
	if whole {
		p.lastWhole = now
	}
	return nil
}
