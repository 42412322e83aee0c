package auth

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How often a key set is read again. A file is local, and no notification works on every
// file system. A key that is removed from a URL is accepted for one interval more.
const (
	fileInterval  = 5 * time.Second
	urlInterval   = 5 * time.Minute
	retryInterval = time.Minute // of a URL that is down
)

// unknownInterval is how often a kid that is not in the set may cause a read: anybody
// can send one.
const unknownInterval = time.Minute

// keyRing holds the current key set. While the set cannot be read, the one before stays.
type keyRing struct {
	source   keySource
	variable string // the setting, for the log
	interval time.Duration
	retry    time.Duration
	now      func() time.Time
	current  atomic.Pointer[keySet]
	failed   atomic.Pointer[error] // of the last read; nil if it succeeded

	mu        sync.Mutex // held while the set is read
	unknownAt time.Time  // when a kid that is not in the set last caused a read
}

func newKeyRing(c Config) *keyRing {
	r := &keyRing{now: time.Now, source: fromFile(c.KeySetFile), variable: "MEDIARELAY_JWT_JWKS_FILE", interval: fileInterval, retry: fileInterval}
	if c.KeySetURL != "" {
		r.source, r.variable, r.interval, r.retry = fromURL(c.KeySetURL), "MEDIARELAY_JWT_JWKS_URL", urlInterval, retryInterval
	}
	r.current.Store(&keySet{})
	return r
}

func (r *keyRing) run(ctx context.Context) {
	for {
		wait := r.interval
		if r.failure() != nil {
			wait = r.retry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			_ = r.read(ctx) // it is logged
		}
	}
}

// key returns the key with a kid. A kid that is not in the set may be that of a new key,
// so the set is read again, at most once each unknownInterval.
func (r *keyRing) key(kid string) (publicKey, error) {
	if key, ok := (*r.current.Load())[kid]; ok {
		return key, nil
	}
	r.readFor(kid)
	if key, ok := (*r.current.Load())[kid]; ok {
		return key, nil
	}
	if r.failure() != nil {
		return publicKey{}, ErrUnavailable
	}
	return publicKey{}, invalid("", "The token's kid names no key of this server's key set. Publish the key before it signs; the set is read again at most once a minute.")
}

func (r *keyRing) readFor(kid string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, found := (*r.current.Load())[kid] // read by another request meanwhile
	if found || r.now().Sub(r.unknownAt) < unknownInterval {
		return
	}
	r.unknownAt = r.now()
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	_ = r.readLocked(ctx) // it is logged
}

// read reads the set again.
func (r *keyRing) read(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.readLocked(ctx)
}

func (r *keyRing) readLocked(ctx context.Context) error {
	text, err := r.source(ctx)
	var keys keySet
	if err == nil {
		keys, err = parseKeySet(text)
	}
	if err != nil {
		err = fmt.Errorf("%s: the key set cannot be read: %w", r.variable, err)
		r.fail(ctx, err)
		return err
	}
	before := *r.current.Swap(&keys)
	if r.failed.Swap(nil) != nil {
		slog.InfoContext(ctx, "key set read again", "setting", r.variable)
	}
	if kids := slices.Sorted(maps.Keys(keys)); !slices.Equal(kids, slices.Sorted(maps.Keys(before))) {
		slog.InfoContext(ctx, "key set changed", "setting", r.variable, "kids", kids)
	}
	return nil
}

// fail records that a read failed, and logs the first failure of a series.
func (r *keyRing) fail(ctx context.Context, err error) {
	if r.failed.Swap(&err) == nil {
		slog.WarnContext(ctx, "key set not read: tokens are verified with the keys of before", "keys", len(*r.current.Load()), "error", err)
	}
}

func (r *keyRing) loaded() bool { return len(*r.current.Load()) > 0 }

func (r *keyRing) failure() error {
	if err := r.failed.Load(); err != nil {
		return *err
	}
	return nil
}
