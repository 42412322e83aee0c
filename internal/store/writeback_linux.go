package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// beginWriteback asks the system to begin writing a range of a file to disk, and does not
// wait. Its failure is not an error: the flush writes what is missing, and reports what
// could not be written.
//
// Source: sync_file_range(2), SYNC_FILE_RANGE_WRITE.
func beginWriteback(file *os.File, offset, length int64) {
	_ = unix.SyncFileRange(int(file.Fd()), offset, length, unix.SYNC_FILE_RANGE_WRITE) // see above
}
