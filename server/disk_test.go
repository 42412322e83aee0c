package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Disks that lose their power or are full.

// mounted mounts a file system that ends with the test, or skips the test with
// the reason where that is not allowed.
func mounted(t *testing.T, arguments ...string) (dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		lack(t, "root", "mounting needs root")
	}
	dir = t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", append(arguments, dir)...).CombinedOutput(); err != nil {
		lack(t, "root", fmt.Sprintf("mount: %v: %s", err, out))
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

func shell(t *testing.T, program string, arguments ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", program, arguments, err, out)
	}
}

// B3: the power goes right after the last acknowledgement. What was on the disk
// then is all that the next server has, and it relays all twenty.
func TestAPowerCutLosesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	image, after := filepath.Join(folder, "disk"), filepath.Join(folder, "disk after the cut")
	need(t, "mkfs.ext4", "mkfs.ext4", "/usr/sbin/mkfs.ext4")
	shell(t, "truncate", "--size=256M", image)
	shell(t, "/usr/sbin/mkfs.ext4", "-q", image)
	i := installAt(t, mounted(t, "-o", "loop", image))
	i.start()
	files := pictures(t, 20, 300_000)
	for _, f := range files {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		i.must(i.send(ctx, f))
		cancel()
	}
	shell(t, "cp", "--sparse=always", image, after)
	i.signal(syscall.SIGKILL)

	i.data = mounted(t, "-o", "loop", after)
	i.variables["MEDIARELAY_DATA_DIR"] = i.data
	i.start()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	ends := map[*sent]upload{}
	for _, f := range files {
		u, err := i.awaitUpload(ctx, f.id)
		i.must(err)
		ends[f] = u
	}
	i.wantRelayed(ends)
	i.signal(syscall.SIGTERM)
}

// filled fills a file system but for some bytes, until the returned function is called.
func filled(t *testing.T, dir string, but uint64) (free func()) {
	t.Helper()
	var space syscall.Statfs_t
	if err := syscall.Statfs(dir, &space); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ballast")
	if err := os.WriteFile(path, make([]byte, space.Bavail*uint64(space.Bsize)-but), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.Remove(path) }
}

// B4: the disk of the files is full. The chunk is refused with a code of its own,
// what there was room for is kept, and the upload goes on when there is room again.
func TestAFullDiskOfFilesIsSaidAndWaitedFor(t *testing.T) {
	t.Parallel()
	disk := mounted(t, "-t", "tmpfs", "-o", "size=8m", "tmpfs")
	i := install(t)
	i.variables["MEDIARELAY_STORE_URL"] = "file:" + filepath.Join(disk, "uploads")
	i.start()
	if status, text := i.admin("/readyz"); status != http.StatusOK {
		t.Fatalf("before: %d %s", status, text)
	}
	files := pictures(t, 2, 1_000_000)
	f := files[1] // without checksums: the bytes before the end of the disk count
	f.chunk = len(f.content)
	free := filled(t, disk, 500_000)
	i.must(i.createUpload(t.Context(), f))
	_, err := i.patch(t.Context(), f, 0)
	wantRefusal(t, err, http.StatusInsufficientStorage, `"code":"storage_full"`)
	offset, err := i.offset(t.Context(), f)
	if err != nil || offset < 400_000 || offset >= len(f.content) {
		t.Errorf("offset %d, %v, want what there was room for", offset, err)
	}
	if status, _ := i.admin("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("a server with a full disk says of its readiness %d", status)
	}
	free()
	if status, text := i.admin("/readyz"); status != http.StatusOK {
		t.Errorf("with room again: %d %s", status, text)
	}
	if now, err := i.offset(t.Context(), f); err != nil || now != offset {
		t.Errorf("offset %d, %v, want %d as before", now, err, offset)
	}
	i.data = disk
	i.wantEnd(files)
}

// wantEnd carries files to their end; what was sent of them before stays.
func (i *installation) wantEnd(files []*sent) {
	i.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*within)
	defer cancel()
	for f, u := range i.carry(ctx, files) {
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != digestOf(f.content) {
			i.Errorf("%s ended as %+v", f.name, u)
		}
	}
}

func wantRefusal(t testing.TB, err error, status int, part string) {
	t.Helper()
	var refused *refusal
	if !errors.As(err, &refused) || refused.status != status || !strings.Contains(refused.text, part) {
		t.Errorf("got %v, want %d with %s", err, status, part)
	}
}

// B4, D2: the database's disk is full. Nothing is acknowledged that is not
// remembered; what was goes on when there is room again.
func TestAFullDiskOfTheDatabaseIsSaidAndWaitedFor(t *testing.T) {
	t.Parallel()
	disk := mounted(t, "-t", "tmpfs", "-o", "size=4m", "tmpfs")
	i := install(t)
	i.variables["MEDIARELAY_DATABASE_URL"] = "sqlite:" + filepath.Join(disk, "mediarelay.db")
	i.start()
	files := pictures(t, 6, 300_000)
	half := files[0]
	i.must(i.createUpload(t.Context(), half))
	_, err := i.patch(t.Context(), half, 0)
	i.must(err)
	free := filled(t, disk, 0)
	var refused error
	for n := range 200 { // until the log of the database has no room left in itself
		f := &sent{name: fmt.Sprintf("more %d.jpg", n), content: half.content}
		if refused = i.createUpload(t.Context(), f); refused != nil {
			break
		}
	}
	wantRefusal(t, refused, http.StatusInsufficientStorage, `"code":"storage_full"`)
	if status, _ := i.admin("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("a server whose database takes nothing says of its readiness %d", status)
	}
	if offset, err := i.offset(t.Context(), half); err == nil && offset != half.chunk {
		t.Errorf("offset %d, want %d, or that it is not known", offset, half.chunk)
	}
	free()
	i.wantEnd(files)
	if status, text := i.admin("/readyz"); status != http.StatusOK {
		t.Errorf("with room again: %d %s", status, text)
	}
}
