package store_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mediarelay/internal/store"
)

func TestAppendOnlyAtTheEnd(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	for _, step := range []struct {
		offset int64
		chunk  string
		want   error
	}{
		{0, "first ", nil},
		{6, "second", nil},
		{6, "again", store.ErrOffset},
		{13, "gap", store.ErrOffset},
	} {
		n, err := f.Append(t.Context(), "a", step.offset, strings.NewReader(step.chunk))
		if !errors.Is(err, step.want) || (err == nil && n != int64(len(step.chunk))) {
			t.Errorf("append %q at %d: got %d, %v, want %v", step.chunk, step.offset, n, err, step.want)
		}
	}
	if err := f.Seal(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, "a"); got != "first second" {
		t.Errorf("got %q", got)
	}
}

func TestBytesBeforeAnErrorStay(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	body := io.MultiReader(strings.NewReader("kept"), iotest.ErrReader(errors.New("line cut")))
	n, err := f.Append(t.Context(), "a", 0, body)
	if n != 4 || err == nil {
		t.Errorf("got %d, %v, want 4 bytes and the reader's error", n, err)
	}
	offset, err := f.Offset(t.Context(), "a")
	if offset != 4 || err != nil {
		t.Errorf("offset %d, %v, want 4", offset, err)
	}
}

func TestUnknownUploadIsNotFound(t *testing.T) {
	f := folder(t)
	_, open := f.Open(t.Context(), "a")
	_, offset := f.Offset(t.Context(), "a")
	_, appended := f.Append(t.Context(), "a", 0, strings.NewReader("x"))
	for act, err := range map[string]error{"open": open, "offset": offset, "append": appended, "seal": f.Seal(t.Context(), "a")} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", act, err)
		}
	}
	if err := f.Remove(t.Context(), "a"); err != nil {
		t.Errorf("remove: got %v, want nothing to do", err)
	}
}

func TestRemove(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	if err := f.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Offset(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// An ID with ".." never gets this far. If it did, it would still name a file in the folder.
func TestPathStaysInFolder(t *testing.T) {
	root := t.TempDir()
	secret := filepath.Join(root, "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := store.OpenFolder(filepath.Join(root, "uploads"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(t.Context(), "../secret"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(secret); err != nil {
		t.Error("a file outside the store was removed")
	}
}

// An unmounted volume must not look like missing uploads.
func TestUnavailableFolder(t *testing.T) {
	root := t.TempDir()
	f, err := store.OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	create(t, f, "a")
	if err := os.Rename(root, root+".unmounted"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Offset(t.Context(), "a"); !errors.Is(err, store.ErrAway) {
		t.Errorf("got %v, want ErrAway", err)
	}
}

func TestOldListsByModificationTime(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	young, err1 := f.Old(t.Context(), time.Now().Add(-time.Hour))
	old, err2 := f.Old(t.Context(), time.Now().Add(time.Hour))
	if errors.Join(err1, err2) != nil || len(young) != 0 || !slices.Equal(old, []string{"a"}) {
		t.Errorf("got %v and %v, %v", young, old, errors.Join(err1, err2))
	}
}

func TestReady(t *testing.T) {
	if err := folder(t).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func folder(t *testing.T) *store.Folder {
	t.Helper()
	f, err := store.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func create(t *testing.T, f *store.Folder, id string) {
	t.Helper()
	if err := f.Create(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, f *store.Folder, id string) string {
	t.Helper()
	content, err := f.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, content); err != nil || int64(b.Len()) != content.Size {
		t.Fatalf("read %d of %d: %v", b.Len(), content.Size, err)
	}
	return b.String()
}

// The error alone identifies the disk, whatever the working directory.
func TestErrorsNameTheFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	f, err := store.OpenFolder("uploads")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("uploads")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(t.Context(), "missing"); err == nil || !strings.Contains(err.Error(), root) {
		t.Errorf("error %v, want one that names %s", err, root)
	}
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := f.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), root) {
		t.Errorf("error %v, want one that names %s", err, root)
	}
}

// Two uploads may share bytes, and each is removed by itself.
func TestLinkSharesBytes(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	if _, err := f.Append(t.Context(), "a", 0, strings.NewReader("shared")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Link(t.Context(), "a", "b"), f.Seal(t.Context(), "b"), f.Remove(t.Context(), "a")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, "b"); got != "shared" {
		t.Errorf("got %q", got)
	}
	if err := f.Link(t.Context(), "a", "c"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("linked a missing upload: %v, want ErrNotFound", err)
	}
	create(t, f, "d")
	if err := f.Link(t.Context(), "b", "d"); err == nil {
		t.Error("an existing upload was replaced")
	}
}
