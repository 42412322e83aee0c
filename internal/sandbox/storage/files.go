// Package storage keeps what the sandbox receives within bounds: Files on disk, by
// total size, and Recent in memory, by number of entries. Both evict the oldest.
//
// It leaves the meaning of the bytes and entries to package sandbox.
package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Files keeps files in a folder and evicts the oldest if their total size exceeds a
// limit. It does not evict a file in use.
type Files struct {
	dir   string
	limit int64

	mu    sync.Mutex
	next  int
	total int64
	order []*File
}

// File is a file of a Files. Its user writes to Path between Create or Acquire and
// Release.
type File struct {
	Path    string
	size    int64
	inUse   bool
	evicted bool
}

const suffix = ".bytes"

// OpenFiles makes the folder if it does not exist, and removes the files that an
// earlier Files left there. limit is the total size in bytes.
func OpenFiles(dir string, limit int64) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the sandbox folder: %w", err)
	}
	f := &Files{dir: dir, limit: limit}
	if err := f.Clear(); err != nil {
		return nil, fmt.Errorf("clear the sandbox folder: %w", err)
	}
	return f, nil
}

// Limit is the largest total size in bytes.
func (f *Files) Limit() int64 { return f.limit }

// Clear removes all files of this package from the folder, and no others.
func (f *Files) Clear() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	entries, err := os.ReadDir(f.dir)
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), suffix) {
			err = errors.Join(err, os.Remove(filepath.Join(f.dir, entry.Name())))
		}
	}
	for _, file := range f.order {
		file.evicted = true
	}
	f.order, f.total = nil, 0
	return err
}

// Create adds a file, in use until Release. The caller creates it on disk.
func (f *Files) Create() *File {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	file := &File{Path: filepath.Join(f.dir, strconv.Itoa(f.next)+suffix), inUse: true}
	f.order = append(f.order, file)
	return file
}

// Acquire marks a file as in use; it returns false if the file has been evicted.
func (f *Files) Acquire(file *File) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	file.inUse = !file.evicted
	return file.inUse
}

// Release records a file's new size in bytes and evicts files beyond the limit.
func (f *Files) Release(file *File, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file.inUse = false
	if !file.evicted {
		f.total += size - file.size
		file.size = size
	}
	f.evictOldest()
}

func (f *Files) evictOldest() {
	kept := f.order[:0]
	for _, file := range f.order {
		if f.total > f.limit && !file.inUse {
			f.evict(file)
			continue
		}
		kept = append(kept, file)
	}
	f.order = kept
}

// Remove removes a file, in use or not.
func (f *Files) Remove(file *File) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, other := range f.order {
		if other == file {
			f.order = append(f.order[:i], f.order[i+1:]...)
			f.evict(file)
			return
		}
	}
}

func (f *Files) evict(file *File) {
	file.evicted = true
	f.total -= file.size
	_ = os.Remove(file.Path)
}

// Open opens a file for reading; os.ErrNotExist if it has been evicted.
func (f *Files) Open(file *File) (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if file.evicted {
		return nil, os.ErrNotExist
	}
	return os.Open(file.Path)
}
