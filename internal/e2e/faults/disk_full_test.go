package faults

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// The disk of the store is full. The chunk is rejected with a code of its own, the
// bytes that fitted are kept, and the upload resumes when there is space again.
func TestStoreDiskFull(t *testing.T) {
	t.Parallel()
	disk := mount(t, "-t", "tmpfs", "-o", "size=8m", "tmpfs")
	i := stage.NewProcess(t)
	i.Env["MEDIARELAY_STORE_URL"] = "file:" + filepath.Join(disk, "uploads")
	i.Start()
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Fatalf("before: %d %s", status, text)
	}
	files := jpegFiles(t, 2, 1_000_000)
	f := files[1] // without checksums, so that a partial chunk counts
	f.ChunkSize = len(f.Content)
	free := fillDisk(t, disk, 500_000)
	i.Must(i.CreateUpload(t.Context(), f))
	_, err := i.Patch(t.Context(), f, 0)
	stage.WantProblem(t, err, http.StatusInsufficientStorage, `"code":"storage_full"`)
	offset, err := i.Offset(t.Context(), f)
	if err != nil || offset < 400_000 || offset >= len(f.Content) {
		t.Errorf("offset %d, %v, want the bytes that fitted", offset, err)
	}
	if status, _ := i.Admin("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("with a full disk /readyz answers %d", status)
	}
	free()
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Errorf("with space again: %d %s", status, text)
	}
	if now, err := i.Offset(t.Context(), f); err != nil || now != offset {
		t.Errorf("offset %d, %v, want %d as before", now, err, offset)
	}
	i.DataDir = disk
	i.WantDone(files)
}

// The disk of the database is full. Nothing is acknowledged that is not persisted,
// and everything resumes when there is space again.
func TestDatabaseDiskFull(t *testing.T) {
	t.Parallel()
	disk := mount(t, "-t", "tmpfs", "-o", "size=4m", "tmpfs")
	i := stage.NewProcess(t)
	i.Env["MEDIARELAY_DATABASE_URL"] = "sqlite:" + filepath.Join(disk, "mediarelay.db")
	i.WithoutQuotas() // the rows of unfinished uploads fill the disk
	i.Start()
	files := jpegFiles(t, 6, 300_000)
	half := files[0]
	i.Must(i.CreateUpload(t.Context(), half))
	_, err := i.Patch(t.Context(), half, 0)
	i.Must(err)
	free := fillDisk(t, disk, 0)
	var refused error
	for n := range 200 { // until the database's write-ahead log has no free page left
		f := &stage.File{Name: fmt.Sprintf("more %d.jpg", n), Content: half.Content}
		if refused = i.CreateUpload(t.Context(), f); refused != nil {
			break
		}
	}
	stage.WantProblem(t, refused, http.StatusInsufficientStorage, `"code":"storage_full"`)
	if status, _ := i.Admin("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("with a full database disk /readyz answers %d", status)
	}
	if offset, err := i.Offset(t.Context(), half); err != nil || offset != half.ChunkSize {
		t.Errorf("offset %d, %v, want %d", offset, err, half.ChunkSize)
	}
	free()
	i.WantDone(files)
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Errorf("with space again: %d %s", status, text)
	}
}
