package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/store"
)

// Nothing is acknowledged while another folder is at the path, however it came there.
func TestReplacedFolderIsAway(t *testing.T) {
	for name, c := range map[string]struct {
		replace func(root string) error
		says    string
	}{
		"moved away": {func(root string) error { return os.Rename(root, root+".old") }, "Mount or restore"},
		"another folder": {func(root string) error {
			return errors.Join(os.Rename(root, root+".old"), os.Mkdir(root, 0o700))
		}, "Put the right folder back"},
		"a copy of it": {func(root string) error {
			return errors.Join(os.Rename(root, root+".old"), os.CopyFS(root, os.DirFS(root+".old")))
		}, "restart the server"},
		"emptied":            {func(root string) error { return os.Remove(filepath.Join(root, ".mediarelay")) }, "Restore the folder"},
		"with another store": {func(root string) error { return writeMarker(root, store.NewID()+"\n") }, "Put the right folder back"},
		"with a damaged id":  {func(root string) error { return writeMarker(root, "x") }, "Restore the file"},
	} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "uploads")
			f := identified(t, root)
			create(t, f, "a")
			if err := c.replace(root); err != nil {
				t.Fatal(err)
			}
			_, offset := f.Offset(t.Context(), "a")
			_, appended := f.Append(t.Context(), "a", 0, strings.NewReader("x"))
			_, open := f.Open(t.Context(), "a")
			_, listed := f.Old(t.Context(), time.Now())
			_, moved := f.Quarantine(t.Context(), "a", time.Now())
			_, purged := f.PurgeQuarantine(t.Context(), time.Now())
			for act, err := range map[string]error{
				"offset": offset, "append": appended, "open": open, "list": listed, "quarantine": moved, "purge": purged,
				"create": f.Create(t.Context(), "b"), "seal": f.Seal(t.Context(), "a"), "remove": f.Remove(t.Context(), "a"),
				"ready": f.Ready(t.Context()), "present": f.Present(t.Context()),
			} {
				if !errors.Is(err, store.ErrAway) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), root) {
					t.Errorf("%s: got %v, want ErrAway with %q", act, err, c.says)
				}
			}
		})
	}
}

// The folder is usable again once it is back.
func TestReturnedFolderIsPresent(t *testing.T) {
	root := filepath.Join(t.TempDir(), "uploads")
	f := identified(t, root)
	create(t, f, "a")
	if err := os.Rename(root, root+".old"); err != nil {
		t.Fatal(err)
	}
	if err := f.Present(t.Context()); !errors.Is(err, store.ErrAway) {
		t.Errorf("got %v, want ErrAway", err)
	}
	if err := os.Rename(root+".old", root); err != nil {
		t.Fatal(err)
	}
	appendAll(t, f, "hello")
	if err := f.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// Bytes that are written while the folder is being replaced are not acknowledged.
func TestFolderReplacedDuringAWrite(t *testing.T) {
	root := filepath.Join(t.TempDir(), "uploads")
	f := identified(t, root)
	create(t, f, "a")
	body := readerFunc(func(p []byte) (int, error) {
		if err := os.Rename(root, root+".old"); err != nil {
			t.Error(err)
		}
		return copy(p, "hello"), os.ErrClosed
	})
	if _, err := f.Append(t.Context(), "a", 0, body); !errors.Is(err, store.ErrAway) {
		t.Errorf("got %v, want ErrAway", err)
	}
}

type readerFunc func([]byte) (int, error)

func (r readerFunc) Read(p []byte) (int, error) { return r(p) }

func TestIdentityIsKept(t *testing.T) {
	root := t.TempDir()
	f := open(t, root)
	if got, err := f.Identity(); err != nil || got != (store.Identity{}) {
		t.Errorf("a new folder has %+v, %v", got, err)
	}
	id := store.NewID()
	for _, want := range []store.Identity{{ID: id, Marked: true}, {ID: id, Confirmed: true, Marked: true}} {
		if err := f.SetIdentity(want); err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, root).Identity(); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	if err := writeMarker(root, ""); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Identity(); err != nil || got != (store.Identity{Marked: true}) {
		t.Errorf("the folder of an older version has %+v, %v", got, err)
	}
}

func TestQuarantineKeepsBytesUntilTheyArePurged(t *testing.T) {
	root := t.TempDir()
	f := identified(t, root)
	create(t, f, "a")
	appendAll(t, f, "hello")
	if err := os.WriteFile(filepath.Join(root, "a.unchecked"), []byte("0"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	moved, err := f.Quarantine(t.Context(), "a", at)
	if err != nil || moved != "quarantine/a.20260102T030405Z" {
		t.Fatalf("moved to %q, %v", moved, err)
	}
	if again, err := f.Quarantine(t.Context(), "a", at); again != "" || err != nil {
		t.Errorf("moved again to %q, %v", again, err)
	}
	create(t, f, "a")
	if _, err := f.Quarantine(t.Context(), "a", at); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want the first bytes kept", err)
	}
	if err := os.WriteFile(filepath.Join(root, "quarantine", "a note"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantContent(t, filepath.Join(root, moved), "hello")
	if n, err := f.PurgeQuarantine(t.Context(), at); n != 0 || err != nil {
		t.Errorf("purged %d, %v, want none yet", n, err)
	}
	if n, err := f.PurgeQuarantine(t.Context(), at.Add(time.Second)); n != 2 || err != nil {
		t.Errorf("purged %d, %v, want the bytes and their note", n, err)
	}
	wantContent(t, filepath.Join(root, "quarantine", "a note"), "")
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s has %q, %v, want %q", path, got, err, want)
	}
}

func writeMarker(root, text string) error {
	return os.WriteFile(filepath.Join(root, ".mediarelay"), []byte(text), 0o600)
}

func open(t *testing.T, root string) *store.Folder {
	t.Helper()
	f, err := store.OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func identified(t *testing.T, root string) *store.Folder {
	t.Helper()
	f := open(t, root)
	if err := f.SetIdentity(store.Identity{ID: store.NewID(), Confirmed: true}); err != nil {
		t.Fatal(err)
	}
	return f
}
