package preflighttest

import (
	"errors"
	"io"
	"os"
)

// File is a file whose middle, Gap zero bytes, takes no memory, so that vectors of 100 MB
// are cheap.
type File struct {
	Head []byte
	Gap  int64
	Tail []byte
}

// Size is the length in bytes.
func (f File) Size() int64 { return int64(len(f.Head)) + f.Gap + int64(len(f.Tail)) }

// ReadAt implements io.ReaderAt.
func (f File) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= f.Size() {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), f.Size()-offset))
	clear(p[:n])
	if offset < int64(len(f.Head)) {
		copy(p[:n], f.Head[offset:])
	}
	f.copyTail(p[:n], offset)
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f File) copyTail(p []byte, offset int64) {
	start := int64(len(f.Head)) + f.Gap
	switch {
	case offset >= start:
		copy(p, f.Tail[offset-start:])
	case offset+int64(len(p)) > start:
		copy(p[start-offset:], f.Tail)
	}
}

// Save writes the file to a path. The gap is sparse if the file system supports it.
func (f File) Save(path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err1 := out.WriteAt(f.Head, 0)
	_, err2 := out.WriteAt(f.Tail, int64(len(f.Head))+f.Gap)
	err3 := out.Truncate(f.Size())
	return firstOf(err1, err2, err3, out.Close())
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// whole returns all bytes, the gap included.
func (f File) whole() []byte {
	b := make([]byte, f.Size())
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		panic("preflighttest: internal error: " + err.Error())
	}
	return b
}
