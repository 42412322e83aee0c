package attacks

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// smallDisk mounts a file system of a size, or skips the test if that is not allowed.
func smallDisk(t *testing.T, size string) (dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		stage.SkipWithout(t, "root", "mounting needs root")
	}
	dir = t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		stage.SkipWithout(t, "root", fmt.Sprintf("mount: %v: %s", err, out))
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

const megabyte = 1_000_000

// One subject fills a small disk with uploads that it does not finish. Its quota of bytes
// ends that, and another channel keeps uploading.
func TestOneSubjectFillsTheDisk(t *testing.T) {
	t.Parallel()
	i := startLimited(t, map[string]string{
		"MEDIARELAY_STORE_URL": "file:" + smallDisk(t, "70m"), "MEDIARELAY_QUOTA_OPEN_BYTES": "40MiB", "MEDIARELAY_MIN_FREE": "8MiB",
	})
	attacker, other := newClient(i, stage.Channel, "eve"), newClient(i, otherChannel, "ana")
	const size = 10 * megabyte
	stored := 0
	for range 20 {
		r, err := attacker.create(size, nil)
		if err == nil && r.status == http.StatusTooManyRequests {
			continue
		}
		want(t, r, err, http.StatusCreated, "")
		chunk := bytes.Repeat([]byte("x"), size-1)
		r, err = attacker.patch(r.header.Get("Location"), 0, chunk)
		want(t, r, err, http.StatusNoContent, "")
		stored++
	}
	if stored != 4 {
		t.Errorf("%d uploads of 10 MB, want 4 within 40 MiB", stored)
	}
	for n := range 5 {
		content := append(stage.Notes(megabyte), byte('a'+n))
		i.Sends(content)
		r, err := other.create(len(content), content)
		want(t, r, err, http.StatusCreated, "")
	}
}

// With less free space than MEDIARELAY_MIN_FREE no upload begins, and one that has begun
// ends.
func TestNoUploadBeginsOnANearlyFullDisk(t *testing.T) {
	t.Parallel()
	i := startLimited(t, map[string]string{"MEDIARELAY_STORE_URL": "file:" + smallDisk(t, "40m"), "MEDIARELAY_MIN_FREE": "20MiB"})
	c := newClient(i, stage.Channel, "ana")
	content := stage.Notes(30 * megabyte)
	i.Sends(content)
	begun, err := c.create(len(content), content[:25*megabyte])
	want(t, begun, err, http.StatusCreated, "")

	r, err := newClient(i, otherChannel, "bob").create(10, nil)
	want(t, r, err, http.StatusInsufficientStorage, `"code":"storage_full"`)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r, err = c.patch(begun.header.Get("Location"), 25*megabyte, content[25*megabyte:])
	want(t, r, err, http.StatusNoContent, "")
}
