package store

import (
	"context"
	"io/fs"
	"path/filepath"
)

// UsedBytes returns the sum of the sizes of all files in a folder. It reads the whole
// folder. A file that disappears meanwhile counts as nothing.
func UsedBytes(ctx context.Context, dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, statErr := entry.Info(); statErr == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return ctx.Err()
	})
	return sum, err
}
