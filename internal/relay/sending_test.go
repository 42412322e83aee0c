package relay

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

// sendingOf is the sending of a file as it is checked now.
func sendingOf(d *disk) *sending {
	sum := sha256.Sum256(d.content)
	s := newSending(d, int64(len(d.content)))
	s.digest = hex.EncodeToString(sum[:])
	return s
}

var lengths = []int{0, 1, heldBack - 1, heldBack, heldBack + 1, 3*heldBack + 17}

func TestAFileIsSentAsItWasChecked(t *testing.T) {
	for _, length := range lengths {
		for _, offset := range []int{0, length / 3, length - 1, length} {
			d := bytesOf(length)
			s := sendingOf(d)
			if err := s.skip(int64(max(0, offset))); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(s)
			if err != nil || !bytes.Equal(got, d.content[max(0, offset):]) || s.err != nil {
				t.Errorf("%d bytes from %d: got %d, %v", length, offset, len(got), err)
			}
		}
	}
}

// Wherever a byte has changed since the check, the last ones do not leave.
func TestAFileThatWasChangedIsNeverSentToItsEnd(t *testing.T) {
	for _, length := range lengths[1:] {
		for _, changed := range []int{0, length / 2, length - 1} {
			for _, offset := range []int{0, length / 2} {
				d := bytesOf(length)
				s := sendingOf(d)
				d.content[changed]++
				err := s.skip(int64(offset))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(s)
				if !errors.Is(err, errDamaged) || offset+len(got) > max(offset, length-heldBack) {
					t.Errorf("%d bytes from %d, changed at %d: got %d, %v", length, offset, changed, len(got), err)
				}
				if blamed := s.blame(io.ErrClosedPipe); !errors.Is(blamed, errDamaged) {
					t.Errorf("the request's error is %v, want our own", blamed)
				}
			}
		}
	}
}

func TestAFileThatWasCutIsNeverSentToItsEnd(t *testing.T) {
	for _, left := range []int{0, heldBack, 2*heldBack + 1} {
		d := bytesOf(3 * heldBack)
		s := sendingOf(d)
		d.content = d.content[:left]
		if got, err := io.ReadAll(s); !errors.Is(err, io.ErrUnexpectedEOF) || len(got) > left {
			t.Errorf("cut to %d: got %d, %v", left, len(got), err)
		}
		if err := s.skip(3 * heldBack); left < 2*heldBack && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut to %d: skipped with %v", left, err)
		}
	}
}

// A session's next request goes on only where what went before is what is stored.
func TestASessionGoesOnFromWhatWasSent(t *testing.T) {
	const length, sent, reported = 5 * heldBack, 3 * heldBack, 2*heldBack + 5
	for name, c := range map[string]struct {
		offset  int64
		change  int // -1 for none
		refused error
	}{
		"as it was":                        {reported, -1, nil},
		"from its beginning":               {0, -1, nil},
		"changed before the offset":        {reported, 7, errDamaged},
		"changed behind it":                {reported, sent - 1, errDamaged},
		"changed where nothing was sent":   {reported, sent + 1, nil},
		"an offset that was never reached": {sent + 1, -1, errSkipped},
	} {
		t.Run(name, func(t *testing.T) {
			d := bytesOf(length)
			first := newSending(d, length)
			if _, err := io.CopyN(io.Discard, first, sent); err != nil {
				t.Fatal(err)
			}
			if c.change >= 0 {
				d.content[c.change]++
			}
			next, err := first.again(c.offset)
			if !errors.Is(err, c.refused) {
				t.Fatalf("got %v, want %v", err, c.refused)
			}
			if err != nil {
				return
			}
			next.digest = sendingOf(d).digest
			if got, err := io.ReadAll(next); err != nil || !bytes.Equal(got, d.content[c.offset:]) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
}
