package store_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mediarelay/internal/store"
)

var errDiffers = errors.New("the checksum differs")

func TestCheckedBytesCountOnlyIfCheckSucceeds(t *testing.T) {
	good := func(int64) error { return nil }
	bad := func(int64) error { return errDiffers }
	cut := io.MultiReader(strings.NewReader("wo"), iotest.ErrReader(io.ErrUnexpectedEOF))
	for name, c := range map[string]struct {
		body  io.Reader
		check func(int64) error
		want  error
		left  string
	}{
		"good":   {strings.NewReader("world"), good, nil, "hello world"},
		"bad":    {strings.NewReader("wOrld"), bad, errDiffers, "hello "},
		"broken": {cut, bad, io.ErrUnexpectedEOF, "hello wo"},
		"empty":  {strings.NewReader(""), bad, errDiffers, "hello "},
	} {
		t.Run(name, func(t *testing.T) {
			f := folder(t)
			create(t, f, "a")
			appendAll(t, f, "hello ")
			n, err := f.AppendChecked(t.Context(), "a", 6, c.body, c.check)
			if !errors.Is(err, c.want) || n != int64(len(c.left)-6) {
				t.Errorf("got %d, %v, want %d, %v", n, err, len(c.left)-6, c.want)
			}
			wantEnd(t, f, int64(len(c.left)))
			if got := read(t, f, "a"); got != c.left {
				t.Errorf("stored %q, want %q", got, c.left)
			}
		})
	}
}

func TestAppendCheckedOnlyAtTheEnd(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	appendAll(t, f, "hello ")
	for _, offset := range []int64{0, 5, 7} {
		_, err := f.AppendChecked(t.Context(), "a", offset, strings.NewReader("world"), func(int64) error { return nil })
		if !errors.Is(err, store.ErrOffset) {
			t.Errorf("at %d: got %v, want ErrOffset", offset, err)
		}
	}
	if got := read(t, f, "a"); got != "hello " {
		t.Errorf("stored %q", got)
	}
}

// Offset does not include bytes that are still being checked.
func TestOffsetExcludesUncheckedBytes(t *testing.T) {
	f := folder(t)
	create(t, f, "a")
	appendAll(t, f, "hello ")
	_, err := f.AppendChecked(t.Context(), "a", 6, strings.NewReader("world"), func(stored int64) error {
		if stored != 5 || len(read(t, f, "a")) != 11 {
			t.Errorf("check got %d bytes, and stored is %q", stored, read(t, f, "a"))
		}
		wantEnd(t, f, 6)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantEnd(t, f, 11)
}

const dyingEnv = "MEDIARELAY_TEST_DYING_FOLDER"

// TestMain is also the program that crashes in TestCrashBeforeCheckDiscardsBytes.
func TestMain(m *testing.M) {
	if root := os.Getenv(dyingEnv); root != "" {
		dieWhileChecking(root)
	}
	os.Exit(m.Run())
}

// dieWhileChecking waits in its check for the signal that kills it.
func dieWhileChecking(root string) {
	f, err := store.OpenFolder(root)
	if err != nil {
		panic(err)
	}
	_, err = f.AppendChecked(context.Background(), "a", 6, strings.NewReader("wOrld!!!"), func(int64) error {
		_, _ = os.Stdout.WriteString("written\n")
		<-time.After(time.Minute)
		return nil
	})
	panic(err)
}

func TestCrashBeforeCheckDiscardsBytes(t *testing.T) {
	for name, resume := range map[string]func(f *store.Folder) (int64, error){
		"plain": func(f *store.Folder) (int64, error) {
			return f.Append(t.Context(), "a", 6, strings.NewReader("world"))
		},
		"checked": func(f *store.Folder) (int64, error) {
			return f.AppendChecked(t.Context(), "a", 6, strings.NewReader("world"), func(int64) error { return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			f, err := store.OpenFolder(root)
			if err != nil {
				t.Fatal(err)
			}
			create(t, f, "a")
			appendAll(t, f, "hello ")
			killWhileChecking(t, root)
			if info, err := os.Stat(filepath.Join(root, "a")); err != nil || info.Size() != 14 {
				t.Fatalf("the process died before it wrote: %v, %v", info, err)
			}
			wantEnd(t, f, 6)
			if n, err := resume(f); n != 5 || err != nil {
				t.Errorf("resume: %d, %v", n, err)
			}
			wantEnd(t, f, 11)
			if got := read(t, f, "a"); got != "hello world" {
				t.Errorf("stored %q", got)
			}
		})
	}
}

func killWhileChecking(t *testing.T, root string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), dyingEnv+"="+root)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("it printed %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("it exited on its own")
	}
}

// A crash can leave the note itself incomplete. No byte was written after it then.
func TestIncompleteNoteDiscardsNothing(t *testing.T) {
	root := t.TempDir()
	f, err := store.OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	create(t, f, "a")
	appendAll(t, f, "hello ")
	if err := os.WriteFile(filepath.Join(root, "a.unchecked"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, f, 6)
}

func TestRemoveAndOldIncludeTheNote(t *testing.T) {
	root := t.TempDir()
	f, err := store.OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a.unchecked"), []byte("0"), 0o600); err != nil {
		t.Fatal(err)
	}
	old, err := f.Old(t.Context(), time.Now().Add(time.Hour))
	if err != nil || len(old) != 1 || old[0] != "a" {
		t.Fatalf("got %v, %v, want the upload's name", old, err)
	}
	if err := f.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if old, err := f.Old(t.Context(), time.Now().Add(time.Hour)); err != nil || len(old) != 0 {
		t.Errorf("left: %v, %v", old, err)
	}
}

func appendAll(t *testing.T, f *store.Folder, text string) {
	t.Helper()
	if _, err := f.Append(t.Context(), "a", 0, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func wantEnd(t *testing.T, f *store.Folder, want int64) {
	t.Helper()
	if got, err := f.Offset(t.Context(), "a"); got != want || err != nil {
		t.Errorf("offset %d, %v, want %d", got, err, want)
	}
}
