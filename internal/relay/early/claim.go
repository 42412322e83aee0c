package early

import (
	"errors"
	"os"
	"slices"

	"mediarelay/internal/media"
	"mediarelay/internal/store"
)

// Claim is a worker's hold on the early sends of its upload.
type Claim struct {
	registry *registry
	uploadID string
	sends    []*Send // those that were not taken
}

// File is what a worker has checked and must be sent to the provider.
type File struct {
	Copy     media.Copy
	Content  *store.Content
	Type     string
	Provider Provider
}

// Claim gives a worker the early sends of its upload; there may be none. The worker
// releases the claim when it has done what it can.
func (s *Sender) Claim(uploadID string) *Claim {
	return &Claim{registry: s.registry, uploadID: uploadID, sends: s.registry.claim(uploadID)}
}

func (r *registry) claim(id string) []*Send {
	r.mu.Lock()
	defer r.mu.Unlock()
	w, known := r.byUpload[id]
	if !known {
		return nil
	}
	w.claimed = true
	for _, e := range w.sends {
		e.life.claim()
	}
	return slices.Clone(w.sends)
}

// Take gives the early send of a copy, once, if it sends the file that was checked;
// nil if there is none. A send of something else is aborted.
func (c *Claim) Take(f File) *Send {
	at := slices.IndexFunc(c.sends, func(e *Send) bool { return e.want == f.Copy })
	if at < 0 {
		return nil
	}
	e := c.sends[at]
	c.sends = slices.Delete(c.sends, at, at+1)
	if !e.isOf(f) {
		e.Abort()
		return nil
	}
	return e
}

// Release stops the upload's early sends.
func (c *Claim) Release() { c.registry.stop(c.uploadID) }

// isOf reports whether the send is of this very file, as this type, by this key.
func (e *Send) isOf(f File) bool {
	mine, err1 := e.content.Stat()
	theirs, err2 := f.Content.Stat()
	return errors.Join(err1, err2) == nil && os.SameFile(mine, theirs) && e.object.Type == f.Type && e.provider == f.Provider
}
