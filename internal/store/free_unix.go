//go:build linux || darwin

package store

import (
	"context"
	"fmt"
	"syscall"
)

// Free returns the free space of the folder's file system in bytes, as far as this user
// may use it.
func (f *Folder) Free(context.Context) (int64, error) {
	folder, err := f.root.Open(".")
	if err != nil {
		return 0, fmt.Errorf("read the free space of %s: %w", f.path, err)
	}
	defer folder.Close()
	var space syscall.Statfs_t
	if err := syscall.Fstatfs(int(folder.Fd()), &space); err != nil {
		return 0, fmt.Errorf("read the free space of %s: %w", f.path, err)
	}
	return int64(space.Bavail) * int64(space.Bsize), nil //nolint:gosec,unconvert // the types differ between systems; a file system has less than 2^63 bytes
}
