package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"sync"
	"time"
)

// digests holds the running SHA-256 of the uploads that this process receives, so that
// finishing one need not read the file again. A digest whose offset is not that of
// the stored bytes is dropped, and the file is read instead.
type digests struct {
	mu      sync.Mutex
	running map[string]*digest
}

type digest struct {
	hash hash.Cloner
	// offset is how many bytes were hashed; -1 while a chunk is being written.
	offset int64
	// used is when the last chunk arrived.
	used time.Time
}

func newDigests() *digests { return &digests{running: map[string]*digest{}} }

// at returns a writer that hashes a chunk that starts at offset.
func (d *digests) at(id string, offset int64) io.Writer {
	d.mu.Lock()
	defer d.mu.Unlock()
	if offset == 0 {
		d.running[id] = &digest{hash: newSHA256()}
	}
	r := d.running[id]
	if r == nil || r.offset != offset {
		delete(d.running, id)
		return io.Discard
	}
	ahead, err := r.hash.Clone()
	if err != nil { // SHA-256 in software can always be cloned; a hardware module may not
		delete(d.running, id)
		return io.Discard
	}
	r.offset, r.used = -1, time.Now()
	return &counted{digest: r, ahead: ahead, began: offset, seen: offset}
}

// put sets the digest of the first bytes of an upload.
func (d *digests) put(id string, sum hash.Cloner, offset int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running[id] = &digest{hash: sum, offset: offset, used: time.Now()}
}

func newSHA256() hash.Cloner { return sha256.New().(hash.Cloner) } // since Go 1.25: see hash.Cloner

// counted is a digest and a copy that also hashes one more chunk, until it is known
// how much of the chunk was stored.
type counted struct {
	*digest
	ahead       hash.Cloner
	began, seen int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.seen += int64(len(p))
	return c.ahead.Write(p)
}

// advance records that the stored bytes end at offset: after the chunk, or before it
// if the chunk was discarded. If the disk failed they end in between, and the digest
// is dropped.
func (d *digests) advance(id string, w io.Writer, offset int64) {
	c, ok := w.(*counted)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case c.seen == offset:
		c.hash, c.offset = c.ahead, offset
	case c.began == offset:
		c.offset = offset
	case d.running[id] == c.digest:
		delete(d.running, id)
	}
}

// sum returns the digest of an upload if all of its bytes were hashed.
func (d *digests) sum(id string, length int64) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.running[id]
	if r == nil || r.offset != length {
		return "", false
	}
	return hex.EncodeToString(r.hash.Sum(nil)), true
}

// dropOld drops the digests of uploads that another replica may have finished or swept.
func (d *digests) dropOld(before time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.running, func(_ string, r *digest) bool { return r.offset >= 0 && r.used.Before(before) })
}

func (d *digests) drop(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.running, id)
}
