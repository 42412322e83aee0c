// Package store keeps the bytes of uploads in a local folder, one file per upload, named
// by its ID. It appends at a checked offset, flushes a complete upload to disk, and opens
// it for reading.
//
// It leaves to others: who may write (lease), an upload's name and length (library), and
// when bytes are deleted (intake).
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

// Errors for callers to distinguish.
var (
	// ErrNotFound: the store has no upload with this ID.
	ErrNotFound = errors.New("store: no such upload")
	// ErrOffset: the append does not start at the upload's end.
	ErrOffset = errors.New("store: offset is not the end of the upload")
	// ErrFull: the disk is full. Bytes that were written before stay.
	ErrFull = errors.New("store: no space left")
	// ErrAway: the folder is not the one that was opened, for example because its volume
	// is not mounted. Then the store cannot tell whether an upload exists.
	ErrAway = errors.New("store: the folder is unavailable")
)

// Folder is a store in one folder. Its files are readable by this user only.
type Folder struct {
	root string
}

// copyBuffers holds buffers of 64 KiB, which halves the write calls compared to the 32 KiB
// of io.Copy, tusd's default. A buffer is in use for as long as a chunk takes, so a larger
// one would cost memory for every slow client.
var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// marker is a file that distinguishes the folder from an empty mount point.
const marker = ".mediarelay"

// OpenFolder opens a folder and creates it if it is missing.
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

// Create creates an empty upload. It does not change an existing one.
func (f *Folder) Create(_ context.Context, id string) error {
	file, err := os.OpenFile(f.path(id), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return f.named("create", id, err)
	}
	return f.named("create", id, file.Close())
}

// Append writes the bytes of r at offset, which must be the upload's end, and returns how
// many it stored. If r fails, the bytes before the failure stay and count.
func (f *Folder) Append(_ context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if err := f.prepare(id, offset); err != nil {
		return 0, f.named("append to", id, err)
	}
	n, err := f.write(id, offset, r)
	return n, f.named("append to", id, err)
}

// write writes at offset without checking the upload's end.
func (f *Folder) write(id string, offset int64, r io.Reader) (n int64, err error) {
	file, err := os.OpenFile(f.path(id), os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	// A failed write may only show when the file is closed.
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buffer)
	return io.CopyBuffer(io.NewOffsetWriter(file, offset), onlyReader{r}, *buffer)
}

// onlyReader hides WriteTo, so that io.CopyBuffer uses our buffer.
type onlyReader struct{ io.Reader }

// Seal flushes an upload to disk: its bytes, and its name in the folder. In a test without
// Seal, a power cut lost all of 20 acknowledged uploads.
//
// If the flush fails, Seal truncates the upload to 0 bytes. The operating system may have
// dropped the pages that it could not write, and it reports that only once: the next flush
// would succeed although bytes are missing.
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

var errNotFlushed = errors.New("flush to disk failed")

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

// Content gives access to the stored bytes of one upload.
type Content struct {
	*os.File
	// Size is the number of bytes that were stored when the upload was opened.
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

// Remove deletes the bytes of an upload. A missing upload is not an error.
func (f *Folder) Remove(_ context.Context, id string) error {
	for _, path := range []string{f.path(id), f.unchecked(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return f.named("remove", id, err)
		}
	}
	return nil
}

// leastRoom is the free space, in bytes, that the store needs to be ready. An empty file
// does not prove anything, because it can be created on a full disk.
const leastRoom = 64 << 10

// Ready checks that the folder can be written to.
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

// Old lists the uploads that were last written before a time.
func (f *Folder) Old(_ context.Context, before time.Time) (ids []string, err error) {
	entries, err := os.ReadDir(f.root)
	if err != nil {
		return nil, fmt.Errorf("list the store: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || entry.Name() == marker || !info.ModTime().Before(before) {
			continue // removed meanwhile, or too new
		}
		ids = append(ids, strings.TrimSuffix(entry.Name(), uncheckedSuffix))
	}
	return ids, nil
}

// named adds the operation, the upload and the folder to an error, and replaces errors of
// the operating system with those of this package. The folder is for the log only.
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
