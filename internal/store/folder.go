// Package store keeps the bytes of uploads in a local folder: one file an
// upload, named by its ID. It appends at a checked offset, makes a whole upload
// safe against a power cut, and opens it for reading.
//
// It leaves to others: who may write (lease), what an upload is called and how
// far it should grow (library), and when bytes are swept (intake).
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The errors that callers tell apart.
var (
	// ErrNotFound: no bytes are kept under this ID.
	ErrNotFound = errors.New("store: no such upload")
	// ErrOffset: the upload does not end where the append begins.
	ErrOffset = errors.New("store: not the end of the upload")
	// ErrFull: no room for the bytes; what was written before stays.
	ErrFull = errors.New("store: no space left")
	// ErrAway: the folder is not the one that was opened, as when its volume is
	// not mounted. Nothing is known of any upload then.
	ErrAway = errors.New("store: the folder is away")
)

// Folder keeps uploads in one folder. Files are readable by this user only.
type Folder struct {
	root string
}

// copyBuffers holds buffers of 64 KiB, half of tusd's write calls. One is held
// as long as a chunk is under way, so a larger one would cost memory for every
// slow client.
var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// marker is a file that tells the folder from an empty mount point in its place.
const marker = ".mediarelay"

// OpenFolder opens a folder, which it makes where it is missing.
func OpenFolder(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if err := os.WriteFile(filepath.Join(path, marker), nil, 0o600); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return &Folder{root: path}, nil
}

// Create makes an empty upload; one that is there already stays as it is.
func (f *Folder) Create(_ context.Context, id string) error {
	file, err := os.OpenFile(f.path(id), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return f.named("create", id, err)
	}
	return f.named("create", id, file.Close())
}

// Append writes what r gives from offset on, which must be the upload's end,
// and returns how many bytes are now stored behind it. An error of r ends the
// append; the bytes before it stay and count.
func (f *Folder) Append(_ context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if err := f.settle(id, offset); err != nil {
		return 0, f.named("append to", id, err)
	}
	n, err := f.write(id, offset, r)
	return n, f.named("append to", id, err)
}

// write appends without a look at the upload's end.
func (f *Folder) write(id string, offset int64, r io.Reader) (n int64, err error) {
	file, err := os.OpenFile(f.path(id), os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	// A failed close may hide a failed write, so it counts.
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buffer)
	return io.CopyBuffer(io.NewOffsetWriter(file, offset), onlyReader{r}, *buffer)
}

// onlyReader hides WriteTo, so that io.CopyBuffer uses our buffer.
type onlyReader struct{ io.Reader }

// Seal makes an upload safe against a power cut: its bytes, and its name in the
// folder. Without it, all of 20 acknowledged uploads were lost in a cut
// (reference/reliability.md, fact C).
//
// Where the disk fails at that, the upload ends at 0 again: the system may have
// dropped what it could not write, and says so once only, so that the next flush
// would succeed over bytes that are not there.
func (f *Folder) Seal(ctx context.Context, id string) error {
	for _, path := range []string{f.path(id), f.root} {
		err := syncPath(path)
		if errors.Is(err, errNotFlushed) {
			err = errors.Join(err, f.Remove(ctx, id), f.Create(ctx, id), syncPath(f.root))
		}
		if err != nil {
			return f.named("seal", id, err)
		}
	}
	return nil
}

var errNotFlushed = errors.New("the disk did not take the bytes")

func syncPath(path string) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.Sync(); err != nil {
		return errors.Join(errNotFlushed, err)
	}
	return nil
}

// Content is the stored bytes of one upload.
type Content struct {
	*os.File
	// Size is the number of bytes that were stored when it was opened.
	Size int64
}

// Open opens an upload for reading. The caller closes it.
func (f *Folder) Open(_ context.Context, id string) (*Content, error) {
	file, err := os.Open(f.path(id))
	if err != nil {
		return nil, f.named("open", id, err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(f.named("open", id, err), file.Close())
	}
	return &Content{File: file, Size: info.Size()}, nil
}

// Remove forgets the bytes of an upload; none there is no error.
func (f *Folder) Remove(_ context.Context, id string) error {
	for _, path := range []string{f.path(id), f.unchecked(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return f.named("remove", id, err)
		}
	}
	return nil
}

// leastRoom is what must be free for the store to be ready: an empty file finds
// a place on a disk that is full.
const leastRoom = 64 << 10

// Ready tries whether bytes can be written now.
func (f *Folder) Ready(_ context.Context) error {
	file, err := os.CreateTemp(f.root, ".ready-*")
	if err != nil {
		return fmt.Errorf("write to the store in %s: %w", f.root, f.plain(err))
	}
	_, err = file.Write(make([]byte, leastRoom))
	if err = errors.Join(err, file.Close(), os.Remove(file.Name())); err != nil {
		return fmt.Errorf("write to the store in %s: %w", f.root, f.plain(err))
	}
	return nil
}

func (f *Folder) path(id string) string { return filepath.Join(f.root, filepath.Base(id)) }

// Old lists uploads whose bytes were not written since a time.
func (f *Folder) Old(_ context.Context, before time.Time) (ids []string, err error) {
	entries, err := os.ReadDir(f.root)
	if err != nil {
		return nil, fmt.Errorf("list the store: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || entry.Name() == marker || !info.ModTime().Before(before) {
			continue // gone meanwhile, or young
		}
		ids = append(ids, strings.TrimSuffix(entry.Name(), uncheckedSuffix))
	}
	return ids, nil
}

// named says what was done to which upload, and gives the package's own errors
// for the operating system's. It names the folder, which is for the log alone.
func (f *Folder) named(act, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s upload %s in %s: %w", act, id, f.root, f.plain(err))
}

func (f *Folder) plain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(f.root, marker)); err != nil {
			return ErrAway
		}
		return ErrNotFound
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrFull
	default:
		return err
	}
}
