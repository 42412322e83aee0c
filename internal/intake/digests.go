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

// digests hold the running SHA-256 of uploads that this process receives, so
// that a finish need not read the file again. They are a shortcut: one that does
// not stand where the bytes stand is dropped, and the file is read.
type digests struct {
	mu      sync.Mutex
	running map[string]*digest
}

type digest struct {
	hash hash.Cloner
	// offset is how many bytes the hash has seen; -1 while a chunk is under way.
	offset int64
	// used is when the last chunk came.
	used time.Time
}

func newDigests() *digests { return &digests{running: map[string]*digest{}} }

// at returns where a chunk that begins at offset is to be written as well.
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
	if err != nil { // SHA-256 in software always can; a module in hardware may not
		delete(d.running, id)
		return io.Discard
	}
	r.offset, r.used = -1, time.Now()
	return &counted{digest: r, ahead: ahead, began: offset, seen: offset}
}

func newSHA256() hash.Cloner { return sha256.New().(hash.Cloner) } // since Go 1.25, by its documentation

// counted is the digest with one more chunk, apart until it is known how much of
// the chunk counts.
type counted struct {
	*digest
	ahead       hash.Cloner
	began, seen int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.seen += int64(len(p))
	return c.ahead.Write(p)
}

// advance says that the stored bytes end at offset now: behind the chunk, or
// before it, where none of it counts. When the disk failed they end in between;
// then the hash is of no use.
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

// sum gives the digest of a whole upload if it was seen whole.
func (d *digests) sum(id string, length int64) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.running[id]
	if r == nil || r.offset != length {
		return "", false
	}
	return hex.EncodeToString(r.hash.Sum(nil)), true
}

// dropOld forgets what another replica may have finished or swept meanwhile.
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
