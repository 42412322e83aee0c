package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
)

// logSize is how far the write-ahead log of a SQLite file is filled in advance: the 1000
// pages after which SQLite begins it anew, and the commits that come meanwhile.
//
// Source: sqlite.org/wal.html, "Automatic Checkpoint".
const logSize = 5 << 20

// fillLog fills the write-ahead log with zeros up to logSize. A commit then overwrites
// bytes of the file, and its flush need not wait for the file system to record a new
// length: on a busy ext4 that took 0.2 to 0.4 ms instead of 0.6 to 4 ms. SQLite reads a log up to the
// first frame whose checksum is wrong, so zeros end it.
//
// The log of a crashed server, and that of a file that is already in use, stay as they
// are up to their ends. If there is no room, the log grows with the commits.
//
// Source: sqlite.org/fileformat2.html, "The Write-Ahead Log".
func (w *writer) fillLog(ctx context.Context, path string) error {
	tx, err := w.begin(relaxed) // while this process may write, no other one extends the log
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it is empty
	if err := extendTo(path+"-wal", logSize); err != nil {
		slog.DebugContext(ctx, "the write-ahead log could not be filled in advance", "error", err)
	}
	return nil
}

// extendTo writes zeros behind a file's end up to a size, and flushes them. If it fails,
// the file is as long as before.
func extendTo(path string, size int64) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open the write-ahead log: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil || info.Size() >= size {
		return err
	}
	_, err = file.WriteAt(make([]byte, size-info.Size()), info.Size())
	if err = errors.Join(err, file.Sync()); err != nil {
		return errors.Join(err, file.Truncate(info.Size()))
	}
	return nil
}
