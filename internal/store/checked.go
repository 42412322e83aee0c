package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// uncheckedSuffix names a note beside an upload whose last bytes are not checked yet. The
// note holds the offset before them, in decimal digits. That offset is the upload's end
// until the check succeeds, even if the process crashes.
const uncheckedSuffix = ".unchecked"

func unchecked(id string) string { return name(id) + uncheckedSuffix }

// AppendChecked is Append for bytes that count only if check accepts them. It calls check
// with the number of stored bytes. If check returns an error, or the process crashes
// before check returns, none of the bytes count. If writing or r fails, check is not
// called, and the bytes before the failure count.
func (f *Folder) AppendChecked(_ context.Context, id string, offset int64, r io.Reader, check func(stored int64) error) (int64, error) {
	if err := f.begin(id, offset); err != nil {
		return 0, f.named("append to", id, err)
	}
	n, err := f.write(id, offset, r)
	if err == nil {
		if err = check(n); err != nil {
			return 0, errors.Join(err, f.named("discard bytes of", id, f.discard(id, offset)))
		}
	}
	if removeErr := f.root.Remove(unchecked(id)); removeErr != nil {
		return 0, f.named("append to", id, errors.Join(err, removeErr))
	}
	return n, f.named("append to", id, errors.Join(err, f.present()))
}

func (f *Folder) begin(id string, offset int64) error {
	if err := f.prepare(id, offset); err != nil {
		return err
	}
	return f.root.WriteFile(unchecked(id), strconv.AppendInt(nil, offset, 10), 0o600)
}

// Offset returns how many bytes of an upload count. The result is exact for the holder of
// the upload's lease. For others, a check may complete at the same time.
func (f *Folder) Offset(_ context.Context, id string) (int64, error) {
	offset, _, err := f.end(id)
	return offset, f.named("look at", id, err)
}

// Arrived returns how many bytes of an upload are stored, including those that a check may
// still discard.
func (f *Folder) Arrived(_ context.Context, id string) (int64, error) {
	if err := f.present(); err != nil {
		return 0, f.named("look at", id, err)
	}
	info, err := f.root.Stat(name(id))
	if err != nil {
		return 0, f.named("look at", id, err)
	}
	return info.Size(), nil
}

// end returns an upload's end, and whether unchecked bytes follow it.
func (f *Folder) end(id string) (offset int64, notChecked bool, err error) {
	if err := f.present(); err != nil {
		return 0, false, err
	}
	info, err := f.root.Stat(name(id))
	if err != nil {
		return 0, false, err
	}
	text, err := f.root.ReadFile(unchecked(id))
	if errors.Is(err, fs.ErrNotExist) {
		return info.Size(), false, nil
	}
	if err != nil {
		return 0, false, err
	}
	before, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil { // the note is incomplete, so no byte was written after it
		before = info.Size()
	}
	return min(before, info.Size()), true, nil
}

// prepare returns nil if the upload ends at offset. It discards unchecked bytes that a
// crashed process left.
func (f *Folder) prepare(id string, offset int64) error {
	end, notChecked, err := f.end(id)
	switch {
	case err != nil:
		return err
	case end != offset:
		return ErrOffset
	case notChecked:
		return f.discard(id, offset)
	default:
		return nil
	}
}

// discard truncates the upload before it removes the note, because the bytes must not
// count until they are gone.
func (f *Folder) discard(id string, offset int64) error {
	file, err := f.root.OpenFile(name(id), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Truncate(offset), file.Close()); err != nil {
		return err
	}
	return f.root.Remove(unchecked(id))
}
