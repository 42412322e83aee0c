package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// files keeps bytes in a folder, and drops the oldest past a limit. What a
// request is writing at the moment is not dropped.
type files struct {
	dir   string
	limit int64

	mu    sync.Mutex
	next  int
	total int64
	order []*file
}

// file is the bytes of one media object or session.
type file struct {
	path string
	size int64
	busy bool
	gone bool
}

const fileSuffix = ".bytes"

func openFiles(dir string, limit int64) (*files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: make the folder for the bytes: %w", err)
	}
	f := &files{dir: dir, limit: limit}
	if err := f.clear(); err != nil {
		return nil, fmt.Errorf("sandbox: empty the folder for the bytes: %w", err)
	}
	return f, nil
}

// clear removes the files of this kind and no others.
func (f *files) clear() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	entries, err := os.ReadDir(f.dir)
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), fileSuffix) {
			err = errors.Join(err, os.Remove(filepath.Join(f.dir, entry.Name())))
		}
	}
	for _, old := range f.order {
		old.gone = true
	}
	f.order, f.total = nil, 0
	return err
}

// create adds an empty file that is busy until release.
func (f *files) create() *file {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	made := &file{path: filepath.Join(f.dir, strconv.Itoa(f.next)+fileSuffix), busy: true}
	f.order = append(f.order, made)
	return made
}

// take makes a file busy; it is false for one that was dropped.
func (f *files) take(one *file) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.busy = !one.gone
	return one.busy
}

// release notes a file's new size and makes room.
func (f *files) release(one *file, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.busy = false
	if !one.gone {
		f.total += size - one.size
		one.size = size
	}
	f.makeRoom()
}

func (f *files) makeRoom() {
	kept := f.order[:0]
	for _, old := range f.order {
		if f.total > f.limit && !old.busy {
			f.drop(old)
			continue
		}
		kept = append(kept, old)
	}
	f.order = kept
}

// remove drops a file at once.
func (f *files) remove(one *file) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, have := range f.order {
		if have == one {
			f.order = append(f.order[:i], f.order[i+1:]...)
			f.drop(one)
			return
		}
	}
}

func (f *files) drop(old *file) {
	old.gone = true
	f.total -= old.size
	_ = os.Remove(old.path)
}

func (f *files) open(one *file) (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.gone {
		return nil, os.ErrNotExist
	}
	return os.Open(one.path)
}
