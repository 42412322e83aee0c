package verified

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"testing"
)

// disk is a stored file that changes.
type disk struct{ content []byte }

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(d.content).ReadAt(p, at)
}

func bytesOf(n int) *disk {
	d := &disk{make([]byte, n)}
	for i := range d.content {
		d.content[i] = byte(i>>8 ^ i)
	}
	return d
}

// readerOf reads a file that is checked as it is now.
func readerOf(d *disk) *Reader {
	sum := sha256.Sum256(d.content)
	s := NewReader(d, int64(len(d.content)))
	s.Digest = hex.EncodeToString(sum[:])
	return s
}

var lengths = []int{0, 1, HeldBack - 1, HeldBack, HeldBack + 1, 3*HeldBack + 17}

func TestAFileIsSentAsItWasChecked(t *testing.T) {
	for _, length := range lengths {
		for _, offset := range []int{0, length / 3, length - 1, length} {
			d := bytesOf(length)
			s := readerOf(d)
			if err := s.SkipTo(int64(max(0, offset))); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(s)
			if err != nil || !bytes.Equal(got, d.content[max(0, offset):]) || s.err != nil {
				t.Errorf("%d bytes from %d: got %d, %v", length, offset, len(got), err)
			}
		}
	}
}

// Wherever a byte has changed since the check, the last bytes are not read.
func TestAFileThatWasChangedIsNeverSentToItsEnd(t *testing.T) {
	for _, length := range lengths[1:] {
		for _, changed := range []int{0, length / 2, length - 1} {
			for _, offset := range []int{0, length / 2} {
				d := bytesOf(length)
				s := readerOf(d)
				d.content[changed]++
				err := s.SkipTo(int64(offset))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(s)
				if !errors.Is(err, ErrDamaged) || offset+len(got) > max(offset, length-HeldBack) {
					t.Errorf("%d bytes from %d, changed at %d: got %d, %v", length, offset, changed, len(got), err)
				}
				if got := s.RequestError(io.ErrClosedPipe); !errors.Is(got, ErrDamaged) {
					t.Errorf("the request's error is %v, want our own", got)
				}
			}
		}
	}
}

func TestAFileThatWasCutIsNeverSentToItsEnd(t *testing.T) {
	for _, left := range []int{0, HeldBack, 2*HeldBack + 1} {
		d := bytesOf(3 * HeldBack)
		s := readerOf(d)
		d.content = d.content[:left]
		if got, err := io.ReadAll(s); !errors.Is(err, io.ErrUnexpectedEOF) || len(got) > left {
			t.Errorf("cut to %d: got %d, %v", left, len(got), err)
		}
		if err := s.SkipTo(3 * HeldBack); left < 2*HeldBack && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut to %d: skipped with %v", left, err)
		}
	}
}

// A session is resumed only if what was sent into it is what is stored.
func TestASessionIsResumedFromWhatWasSent(t *testing.T) {
	const length, sent, reported = 5 * HeldBack, 3 * HeldBack, 2*HeldBack + 5
	for name, c := range map[string]struct {
		offset  int64
		change  int // -1 for none
		refused error
	}{
		"as it was":                        {reported, -1, nil},
		"from its beginning":               {0, -1, nil},
		"changed before the offset":        {reported, 7, ErrDamaged},
		"changed behind it":                {reported, sent - 1, ErrDamaged},
		"changed where nothing was sent":   {reported, sent + 1, nil},
		"an offset that was never reached": {sent + 1, -1, errSkipped},
	} {
		t.Run(name, func(t *testing.T) {
			d := bytesOf(length)
			first := NewReader(d, length)
			if _, err := io.CopyN(io.Discard, first, sent); err != nil {
				t.Fatal(err)
			}
			if c.change >= 0 {
				d.content[c.change]++
			}
			next, err := first.ResumeAt(c.offset)
			if !errors.Is(err, c.refused) {
				t.Fatalf("got %v, want %v", err, c.refused)
			}
			if err != nil {
				return
			}
			next.Digest = readerOf(d).Digest
			if got, err := io.ReadAll(next); err != nil || !bytes.Equal(got, d.content[c.offset:]) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
}
