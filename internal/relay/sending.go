package relay

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// heldBack is what goes to a provider only when the digest of the whole file was
// found right: more than a multipart form has behind the file, and one piece of
// what a connection takes.
const heldBack = 64 << 10

var (
	// errDamaged: the bytes on their way are not those that were checked.
	errDamaged = errors.New("the bytes have another digest than the file that was checked")
	// errSkipped: a session reports more than went into it.
	errSkipped = errors.New("the session reports bytes that were never sent")
)

// sending reads a stored file for a provider. It takes the digest of what it gives
// and holds the last bytes back until that is the checked file's: what changed on
// the disk, or was sent early and then did not count, never completes there.
type sending struct {
	content io.ReaderAt
	size    int64
	digest  string // of the checked file, in hexadecimal; known before the held bytes are read
	at      int64
	hash    hash.Cloner // of the bytes before at, without the held ones
	held    []byte      // once they were found right
	err     error       // of our own, which broke the request
}

func newSending(content io.ReaderAt, size int64) *sending {
	return &sending{content: content, size: size, hash: sha256.New().(hash.Cloner)}
}

// start is where the bytes begin that are held back.
func (s *sending) start() int64 { return max(0, s.size-heldBack) }

// skip goes on at an offset. The bytes before it are read here, for the digest.
func (s *sending) skip(offset int64) error {
	err := s.sum(s.hash, s.at, offset)
	s.at = offset
	return err
}

func (s *sending) sum(into io.Writer, from, to int64) error {
	from, to = min(from, s.start()), min(to, s.start())
	n, err := io.Copy(into, io.NewSectionReader(s.content, from, to-from))
	if err == nil && n < to-from {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Read gives all there is.
func (s *sending) Read(p []byte) (int, error) { return s.read(p, s.size) }

// read gives bytes before an end that the caller allows, and remembers what broke it.
func (s *sending) read(p []byte, end int64) (n int, err error) {
	switch {
	case s.at >= s.size:
		return 0, io.EOF
	case s.at >= s.start():
		n, err = s.readHeld(p)
	default:
		n, err = s.readFree(p, min(end, s.start()))
	}
	s.at += int64(n)
	return n, s.remember(err)
}

func (s *sending) remember(err error) error {
	if err != nil {
		s.err = err
	}
	return err
}

func (s *sending) readFree(p []byte, end int64) (int, error) {
	n, err := s.content.ReadAt(p[:min(int64(len(p)), end-s.at)], s.at)
	_, _ = s.hash.Write(p[:n])  // never fails, by its documentation
	if errors.Is(err, io.EOF) { // shorter than the store said
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (s *sending) readHeld(p []byte) (int, error) {
	if s.held == nil {
		held := make([]byte, s.size-s.start())
		if _, err := io.ReadFull(io.NewSectionReader(s.content, s.start(), int64(len(held))), held); err != nil {
			return 0, err
		}
		_, _ = s.hash.Write(held)
		if hex.EncodeToString(s.hash.Sum(nil)) != s.digest {
			return 0, errDamaged
		}
		s.held = held
	}
	return copy(p, s.held[s.at-s.start():]), nil
}

// again is the sending of the session's next request, from the offset that the
// provider reports. What was sent must be what is stored now.
func (s *sending) again(offset int64) (*sending, error) {
	if offset > s.at {
		return nil, errSkipped
	}
	next := newSending(s.content, s.size)
	if err := next.skip(offset); err != nil {
		return nil, err
	}
	sent, err := next.hash.Clone()
	if err == nil {
		err = s.sum(sent, offset, s.at)
	}
	if err == nil && s.held == nil && string(sent.Sum(nil)) != string(s.hash.Sum(nil)) {
		err = errDamaged
	}
	return next, err
}

// truthful reports whether what was sent is what is stored now.
func (s *sending) truthful() bool {
	_, err := s.again(s.at)
	return err == nil
}

// blame gives the cause of a request's end: where it is our own, the provider's
// words say nothing, and it has got no byte of the held ones.
func (s *sending) blame(err error) error {
	if s.err != nil {
		return ownStore(s.err)
	}
	return err
}

// gaveHeld reports whether bytes have left that were held back.
func (s *sending) gaveHeld() bool { return s.held != nil && s.at > s.start() }
