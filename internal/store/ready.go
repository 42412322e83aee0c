package store

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// leastRoom is the free space, in bytes, that the store needs to be ready. An empty file
// does not prove anything, because it can be created on a full disk.
const leastRoom = 64 << 10

// Present returns ErrAway unless the folder is the one that was opened.
func (f *Folder) Present(context.Context) error { return f.present() }

// Ready checks that the folder is the one that was opened and can be written to.
func (f *Folder) Ready(context.Context) error {
	err := f.present()
	if err == nil {
		err = f.tryWrite(".ready-" + NewID())
	}
	if err != nil {
		return fmt.Errorf("write to the store in %s: %w", f.path, f.plain(err))
	}
	return nil
}

func (f *Folder) tryWrite(name string) error {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, leastRoom))
	return errors.Join(err, file.Close(), f.root.Remove(name))
}
