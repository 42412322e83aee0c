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
	"sync"
	"sync/atomic"
	"syscall"
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
	// is not mounted. Then the store neither takes bytes nor tells whether an upload
	// exists.
	ErrAway = errors.New("store: the folder is unavailable")
)

// Folder is a store in one folder. Its files are readable by this user only.
//
// It holds the folder by descriptor, so that another folder under the same path is
// noticed: see presence.go.
type Folder struct {
	root  *os.Root
	path  string
	first fs.FileInfo // of the folder that was opened
	names *names
	// creating lets one file at a time be created. The kernel does the same, but callers
	// that wait there spin: 64 at once cost twice the processor time for each file (1.0 ms
	// instead of 0.5 ms on ext4), at 0.6 of the rate.
	creating sync.Mutex
	// identity is the one that SetIdentity or Expect set; nil before.
	identity atomic.Pointer[knownIdentity]
}

// OpenFolder opens a folder and creates it if it is missing. The caller closes it.
func OpenFolder(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	first, err := root.Stat(".")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), root.Close())
	}
	names := newNames(func() (flusher, error) { return root.Open(".") })
	return &Folder{root: root, path: path, first: first, names: names}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Path returns the folder's absolute path.
func (f *Folder) Path() string { return f.path }

// Create creates an empty upload. It does not change an existing one.
func (f *Folder) Create(_ context.Context, id string) error {
	file, err := f.createFile(name(id))
	switch {
	case errors.Is(err, fs.ErrExist):
		return f.named("create", id, f.present())
	case err != nil:
		return f.named("create", id, err)
	}
	f.names.add(name(id))
	return f.named("create", id, errors.Join(file.Close(), f.present()))
}

func (f *Folder) createFile(name string) (*os.File, error) {
	f.creating.Lock()
	defer f.creating.Unlock()
	return f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// Link gives the bytes of a complete upload to a new one. Both share them on disk, since
// the bytes of a complete upload do not change, until one of them is removed.
func (f *Folder) Link(_ context.Context, from, to string) error {
	if err := f.root.Link(name(from), name(to)); err != nil {
		return f.named("link", to, err)
	}
	f.names.add(name(to))
	return f.named("link", to, f.present())
}

// Append writes the bytes of r at offset, which must be the upload's end, and returns how
// many it stored. If r fails, the bytes before the failure stay and count.
func (f *Folder) Append(_ context.Context, id string, offset int64, r io.Reader) (int64, error) {
	if err := f.prepare(id, offset); err != nil {
		return 0, f.named("append to", id, err)
	}
	n, err := f.write(id, offset, r)
	return n, f.named("append to", id, errors.Join(err, f.present()))
}

// Seal flushes an upload to disk: its bytes, and its name in the folder. In a test without
// Seal, a power cut lost all of 20 acknowledged uploads.
//
// If a flush fails, Seal truncates the upload to 0 bytes. The operating system may have
// dropped the pages that it could not write, and it reports that only once: the next flush
// would succeed although bytes are missing.
//
// The removal of a note (see AppendChecked) may not be durable. If it is undone by a power
// cut before the upload is committed as finished, its last chunk is sent again.
func (f *Folder) Seal(ctx context.Context, id string) error {
	err := f.flush(id)
	if err == nil {
		err = f.names.persist(name(id))
	}
	if errors.Is(err, errNotFlushed) {
		err = errors.Join(err, f.Remove(ctx, id), f.Create(ctx, id), f.names.persist(name(id)))
	}
	if err != nil {
		return f.named("seal", id, err)
	}
	f.names.forget(name(id))
	return f.named("seal", id, f.present())
}

// flush flushes the bytes of an upload.
func (f *Folder) flush(id string) (err error) {
	file, err := f.root.Open(name(id))
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
	if err := f.present(); err != nil {
		return nil, f.named("open", id, err)
	}
	file, err := f.root.Open(name(id))
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
	if err := f.present(); err != nil {
		return f.named("remove", id, err)
	}
	for _, path := range []string{name(id), unchecked(id)} {
		if err := f.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return f.named("remove", id, err)
		}
	}
	f.names.forget(name(id))
	return nil
}

// name is the name of an upload's file. An ID with a folder in it stays in the store.
func name(id string) string { return filepath.Base(id) }

// named adds the operation, the upload and the folder to an error, and replaces errors of
// the operating system with those of this package. The folder is for the log only.
func (f *Folder) named(act, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s upload %s in %s: %w", act, id, f.path, f.plain(err))
}

func (f *Folder) plain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := f.present(); err != nil {
			return err
		}
		return ErrNotFound
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrFull
	default:
		return err
	}
}
