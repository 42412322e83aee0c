// Package verified reads a stored file for a provider so that the provider gets it
// whole only if its bytes are those that were checked. The reader hashes what it
// gives, and gives the last HeldBack bytes only if the digest of the whole file is
// the expected one. So bytes that changed on the disk, or that were sent while the
// upload arrived and then taken back, never complete at the provider.
//
// It leaves to others: waiting for bytes that have yet to arrive (relay/early) and
// the request (relay).
package verified

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// HeldBack is how many bytes at the end of a file wait for the digest: more than a
// multipart form has behind the file, and one piece of what a connection takes.
const HeldBack = 64 << 10

var (
	// ErrDamaged: the stored bytes have another digest than the file that was checked.
	ErrDamaged = errors.New("the bytes have another digest than the file that was checked")
	// errSkipped: a session reports more than was sent into it.
	errSkipped = errors.New("the session reports bytes that were never sent")
)

// StoreError is a failure of our own store of bytes, for which no provider is to blame.
type StoreError struct{ Err error }

func (e *StoreError) Error() string { return "read the stored bytes: " + e.Err.Error() }
func (e *StoreError) Unwrap() error { return e.Err }

// Reader reads a stored file. It is for one goroutine at a time.
type Reader struct {
	// Digest of the checked file, SHA-256 in hexadecimal. Set it before the bytes that
	// are held back are read.
	Digest string

	content io.ReaderAt
	size    int64
	offset  int64
	hash    hash.Cloner // of the bytes before offset, without those that are held back
	held    []byte      // the bytes that are held back, once their digest was right
	err     error       // our own, which broke the request
}

// NewReader reads a file of so many bytes from its beginning.
func NewReader(content io.ReaderAt, size int64) *Reader {
	return &Reader{content: content, size: size, hash: sha256.New().(hash.Cloner)}
}

// Offset is the number of bytes that were read or skipped.
func (r *Reader) Offset() int64 { return r.offset }

// Err is what broke the reading; nil if it was not our own failure.
func (r *Reader) Err() error { return r.err }

// RequestError is the error of the request that sent these bytes. If the reader
// itself failed, the provider's answer does not matter: it has none of the bytes
// that are held back.
func (r *Reader) RequestError(err error) error {
	if r.err != nil {
		return &StoreError{r.err}
	}
	return err
}

// Fail records an error of our own and returns it.
func (r *Reader) Fail(err error) error {
	if err != nil {
		r.err = err
	}
	return err
}

// SkipTo moves to an offset. The bytes before it are read here, for the digest.
func (r *Reader) SkipTo(offset int64) error {
	err := r.addTo(r.hash, r.offset, offset)
	r.offset = offset
	return err
}

// addTo hashes stored bytes, except those that are held back.
func (r *Reader) addTo(h io.Writer, from, to int64) error {
	from, to = min(from, r.heldFrom()), min(to, r.heldFrom())
	n, err := io.Copy(h, io.NewSectionReader(r.content, from, to-from))
	if err == nil && n < to-from {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (r *Reader) heldFrom() int64 { return max(0, r.size-HeldBack) }

// Read reads up to the end of the file.
func (r *Reader) Read(p []byte) (int, error) { return r.ReadBefore(p, r.size) }

// ReadBefore reads bytes before an end that the caller sets.
func (r *Reader) ReadBefore(p []byte, end int64) (n int, err error) {
	switch {
	case r.offset >= r.size:
		return 0, io.EOF
	case r.offset >= r.heldFrom():
		n, err = r.readHeld(p)
	default:
		n, err = r.readFree(p, min(end, r.heldFrom()))
	}
	r.offset += int64(n)
	return n, r.Fail(err)
}

func (r *Reader) readFree(p []byte, end int64) (int, error) {
	n, err := r.content.ReadAt(p[:min(int64(len(p)), end-r.offset)], r.offset)
	_, _ = r.hash.Write(p[:n])  // never fails, by its documentation
	if errors.Is(err, io.EOF) { // shorter than the store said
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (r *Reader) readHeld(p []byte) (int, error) {
	if r.held == nil {
		held := make([]byte, r.size-r.heldFrom())
		if _, err := io.ReadFull(io.NewSectionReader(r.content, r.heldFrom(), int64(len(held))), held); err != nil {
			return 0, err
		}
		_, _ = r.hash.Write(held)
		if hex.EncodeToString(r.hash.Sum(nil)) != r.Digest {
			return 0, ErrDamaged
		}
		r.held = held
	}
	return copy(p, r.held[r.offset-r.heldFrom():]), nil
}

// ResumeAt is the reader of the session's next request, from the offset that the
// provider reports. It fails with ErrDamaged if what was sent is not what is stored.
func (r *Reader) ResumeAt(offset int64) (*Reader, error) {
	if offset > r.offset {
		return nil, errSkipped
	}
	next := NewReader(r.content, r.size)
	if err := next.SkipTo(offset); err != nil {
		return nil, err
	}
	stored, err := next.hash.Clone()
	if err == nil {
		err = r.addTo(stored, offset, r.offset)
	}
	if err == nil && r.held == nil && string(stored.Sum(nil)) != string(r.hash.Sum(nil)) {
		err = ErrDamaged
	}
	return next, err
}

// MatchesStored reports whether what was sent is what is stored now.
func (r *Reader) MatchesStored() bool {
	_, err := r.ResumeAt(r.offset)
	return err == nil
}

// SentHeld reports whether bytes that were held back have been read.
func (r *Reader) SentHeld() bool { return r.held != nil && r.offset > r.heldFrom() }

// Clone is a reader in the same state that reads independently.
func (r *Reader) Clone() *Reader {
	c := *r
	c.hash, _ = r.hash.Clone() // never fails: the state is in memory
	return &c
}
