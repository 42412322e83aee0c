package provider

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBodyHasExactlyItsLength(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, row := range []struct {
		name    string
		from    io.Reader
		length  int64
		want    string
		err     error
		drained bool
	}{
		{"exact", strings.NewReader("12345"), 5, "12345", nil, true},
		{"exact, with the end in the last read", iotest.DataErrReader(strings.NewReader("12345")), 5, "12345", nil, true},
		{"exact, in single bytes", iotest.OneByteReader(strings.NewReader("12345")), 5, "12345", nil, true},
		{"empty", strings.NewReader(""), 0, "", nil, true},
		{"short", strings.NewReader("1234"), 5, "1234", ErrBodyLength, false},
		{"short, with the end in the last read", iotest.DataErrReader(strings.NewReader("1234")), 5, "1234", ErrBodyLength, false},
		{"long: the last read is withheld", iotest.OneByteReader(strings.NewReader("123456")), 5, "1234", ErrBodyLength, false},
		{"long, in one read", strings.NewReader("123456"), 5, "", ErrBodyLength, false},
		{"not empty", strings.NewReader("1"), 0, "", ErrBodyLength, true},
		{"broken", io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), 5, "12", broken, false},
		{"broken where it should end", io.MultiReader(strings.NewReader("12345"), iotest.ErrReader(broken)), 5, "", broken, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := NewBody(row.from, row.length)
			got, err := io.ReadAll(b)
			if string(got) != row.want || !errors.Is(err, row.err) || b.drained() != row.drained {
				t.Errorf("%q, %v, drained %t; want %q, %v, %t", got, err, b.drained(), row.want, row.err, row.drained)
			}
			last := row.err
			if last == nil {
				last = io.EOF
			}
			if n, err := b.Read(make([]byte, 8)); n != 0 || !errors.Is(err, last) {
				t.Errorf("another Read gives %d bytes, %v; want the same error %v", n, err, last)
			}
		})
	}
}

// A form whose file has the wrong length ends before its closing boundary, at which an API
// may stop reading.
func TestFormWithAFileOfAnotherLength(t *testing.T) {
	for content, want := range map[string]error{"12345": nil, "1234": ErrBodyLength, "123456": ErrBodyLength, "": ErrBodyLength} {
		form, err := NewForm(nil, FormFile{Field: "file", Size: 5, Content: strings.NewReader(content)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(form.Body)
		closed := strings.HasSuffix(string(got), "--\r\n")
		if !errors.Is(err, want) || closed != (want == nil) || form.Body.drained() != (want == nil) {
			t.Errorf("%q: %q of %d bytes, %v; want %v", content, got, form.Body.Length(), err, want)
		}
	}
}

func TestBodyCloses(t *testing.T) {
	form := func(source io.Reader) *Body {
		f, err := NewForm(nil, FormFile{Field: "file", Size: 10, Content: source})
		if err != nil {
			t.Fatal(err)
		}
		return f.Body
	}
	plain := func(source io.Reader) *Body { return NewBody(source, 10) }
	for name, body := range map[string]func(io.Reader) *Body{"a plain body": plain, "a form": form} {
		t.Run(name, func(t *testing.T) {
			source := &closable{Reader: strings.NewReader("0123456789")}
			b := body(source)
			_, _ = b.Read(make([]byte, 4))
			left := source.Len()
			for range 2 {
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			}
			// The transport may read after the request has ended.
			if n, err := b.Read(make([]byte, 4)); n != 0 || err == nil || source.Len() != left || !source.closed {
				t.Errorf("read %d bytes, %v; %d left in the source, want %d; closed: %t", n, err, source.Len(), left, source.closed)
			}
		})
	}
}

type closable struct {
	*strings.Reader
	closed bool
}

func (c *closable) Close() error {
	c.closed = true
	return nil
}

// The race detector reports a Close that does not wait.
func TestBodyCloseWaitsForARead(t *testing.T) {
	source := &held{entered: make(chan struct{}), release: make(chan struct{})}
	b := NewBody(source, 2)
	go func() { _, _ = b.Read(make([]byte, 1)) }()
	<-source.entered
	ended := make(chan bool)
	go func() {
		_ = b.Close()
		ended <- source.ended
	}()
	close(source.release)
	if !<-ended {
		t.Error("Close did not wait for the Read in progress")
	}
}

// held is a source whose Read blocks until it is released.
type held struct {
	entered, release chan struct{}
	ended            bool
}

func (h *held) Read(p []byte) (int, error) {
	close(h.entered)
	<-h.release
	h.ended = true
	return len(p), nil
}

// A source that is closed by Close must return from a blocked Read, or Close would
// never return.
func TestBodyCloseUnblocksARead(t *testing.T) {
	source, _ := io.Pipe()
	b := NewBody(source, 2)
	failed := make(chan error)
	go func() {
		_, err := b.Read(make([]byte, 1))
		failed <- err
	}()
	_ = b.Close()
	if err := <-failed; err == nil {
		t.Error("the blocked Read succeeded")
	}
}
