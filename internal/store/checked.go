package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// uncheckedSuffix names the file beside an upload that is there as long as its
// last bytes are not checked. It holds the offset before them, in digits: the
// upload's end until they are found good, whatever happens to this process.
const uncheckedSuffix = ".unchecked"

func (f *Folder) unchecked(id string) string { return f.path(id) + uncheckedSuffix }

// AppendChecked is Append for bytes that count only from the moment that check,
// which is told how many were stored, returns nil. After its error none of them
// counts, and none does when the process ends before its answer. check is not
// asked where writing or r fails; then the bytes before the failure count.
func (f *Folder) AppendChecked(_ context.Context, id string, offset int64, r io.Reader, check func(stored int64) error) (int64, error) {
	if err := f.begin(id, offset); err != nil {
		return 0, f.named("append to", id, err)
	}
	n, err := f.write(id, offset, r)
	if err == nil {
		if err = check(n); err != nil {
			return 0, errors.Join(err, f.named("take back from", id, f.takeBack(id, offset)))
		}
	}
	if removeErr := os.Remove(f.unchecked(id)); removeErr != nil {
		return 0, f.named("append to", id, errors.Join(err, removeErr))
	}
	return n, f.named("append to", id, err)
}

func (f *Folder) begin(id string, offset int64) error {
	if err := f.settle(id, offset); err != nil {
		return err
	}
	return os.WriteFile(f.unchecked(id), strconv.AppendInt(nil, offset, 10), 0o600)
}

// Offset says how many bytes of an upload are stored and count. It is exact for
// who holds the upload's lease; for others a check may end while it looks.
func (f *Folder) Offset(_ context.Context, id string) (int64, error) {
	offset, _, err := f.end(id)
	return offset, f.named("look at", id, err)
}

// Arrived says how many bytes of an upload are there, with those that a check may
// still take back.
func (f *Folder) Arrived(_ context.Context, id string) (int64, error) {
	info, err := os.Stat(f.path(id))
	if err != nil {
		return 0, f.named("look at", id, err)
	}
	return info.Size(), nil
}

// end is where an upload ends, and whether there are bytes behind it that were
// never checked.
func (f *Folder) end(id string) (offset int64, unchecked bool, err error) {
	info, err := os.Stat(f.path(id))
	if err != nil {
		return 0, false, err
	}
	text, err := os.ReadFile(f.unchecked(id))
	if errors.Is(err, fs.ErrNotExist) {
		return info.Size(), false, nil
	}
	if err != nil {
		return 0, false, err
	}
	before, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil { // it was not written to its end, so no byte behind it was written at all
		before = info.Size()
	}
	return min(before, info.Size()), true, nil
}

// settle makes an upload end at offset, or says that it does not. What a process
// that died left unchecked is taken back.
func (f *Folder) settle(id string, offset int64) error {
	end, unchecked, err := f.end(id)
	switch {
	case err != nil:
		return err
	case end != offset:
		return ErrOffset
	case unchecked:
		return f.takeBack(id, offset)
	default:
		return nil
	}
}

// takeBack cuts the bytes off first: until that is done they must not count.
func (f *Folder) takeBack(id string, offset int64) error {
	if err := os.Truncate(f.path(id), offset); err != nil {
		return err
	}
	return os.Remove(f.unchecked(id))
}
