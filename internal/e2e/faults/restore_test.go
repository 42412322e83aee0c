package faults

import (
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/e2e/stage"
)

// The commands of docs/operations.md, run as they stand there.

// V8: a backup that was made while the server ran is restored on both engines.
func TestADocumentedBackupIsRestored(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			i, backup := stage.NewProcess(t), t.TempDir()
			if engine == "postgres" {
				stage.NeedProgram(t, "postgres", "pg_dump")
				i.Env["MEDIARELAY_DATABASE_URL"] = emptyPostgres(t)
			} else {
				stage.NeedProgram(t, "sqlite3", "sqlite3")
			}
			i.Start()
			files := jpegFiles(t, 3, 200_000)
			i.WantDone(files[:1])
			i.SendFirstChunk(files[1])
			documented(i, backup, "back up: "+engine)
			i.WantDone(files[2:])
			i.Signal(syscall.SIGKILL)

			documented(i, backup, "restore: "+engine)
			i.Start()
			if offset, err := i.Offset(t.Context(), files[1]); err != nil || offset != files[1].ChunkSize {
				t.Errorf("the second upload has %d bytes, %v, want those of the backup", offset, err)
			}
			i.WantDone(files)
			i.Signal(syscall.SIGTERM)
		})
	}
}

// V8: an older database beside a newer folder. No file is deleted; those that the database
// does not know are in the quarantine.
func TestAnOlderDatabaseDeletesNoFile(t *testing.T) {
	t.Parallel()
	stage.NeedProgram(t, "sqlite3", "sqlite3")
	i, backup := stage.NewProcess(t), t.TempDir()
	i.Start()
	files := jpegFiles(t, 3, 100_000)
	i.WantDone(files[:1])
	documented(i, backup, "back up: sqlite")
	i.WantDone(files[1:])
	i.Signal(syscall.SIGTERM)

	i.Must(os.RemoveAll(filepath.Join(backup, "uploads"))) // the folder survived, and only the database is restored
	i.Must(os.CopyFS(filepath.Join(backup, "uploads"), os.DirFS(filepath.Join(i.DataDir, "uploads"))))
	documented(i, backup, "restore: sqlite")
	for _, path := range storedFiles(i) {
		i.Must(os.Chtimes(path, time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	i.Start()
	i.AwaitLog(`"msg":"quarantine swept","moved":2`)
	kept := strings.Join(storedFiles(i), "\n")
	for n, f := range files {
		if quarantined := strings.Contains(kept, "quarantine/"+f.ID); !strings.Contains(kept, f.ID) || quarantined != (n > 0) {
			t.Errorf("%s is not kept as it should be:\n%s", f.Name, kept)
		}
	}
	i.WantDone(files[1:]) // their clients send them again
	i.Signal(syscall.SIGTERM)
}

// V8: an older folder beside a newer database. What is missing says so, and a retry
// succeeds once the bytes are back.
func TestAnOlderFolderSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	uploads, newer := filepath.Join(i.DataDir, "uploads"), filepath.Join(t.TempDir(), "newer")
	older := filepath.Join(t.TempDir(), "older")
	i.Must(os.CopyFS(older, os.DirFS(uploads)))
	files := jpegFiles(t, 3, 100_000)
	sendUnrelayed(i, files)
	i.Signal(syscall.SIGTERM)

	i.Must(os.Rename(uploads, newer))
	i.Must(os.CopyFS(uploads, os.DirFS(older)))
	resumeChannel(i)
	i.Start()
	i.AwaitLog("bytes are missing in the store")
	for _, f := range files {
		u, err := i.AwaitUpload(t.Context(), f.ID)
		if err != nil || u.State != "failed" || u.Problem == nil || u.Problem.Code != "bytes_gone" {
			t.Errorf("%s ended as %+v, %v, want bytes_gone", f.Name, u, err)
		}
		i.Must(os.Rename(filepath.Join(newer, f.ID), filepath.Join(uploads, f.ID)))
		i.Must(i.Retry(t.Context(), f))
		if u, err = i.AwaitUpload(t.Context(), f.ID); err != nil || u.State != "done" {
			t.Errorf("after the retry %s is %+v, %v, want done", f.Name, u, err)
		}
	}
	i.Signal(syscall.SIGTERM)
}

// documented runs the block of commands of docs/operations.md that begins with a comment.
func documented(i *stage.Process, backup, title string) {
	i.Helper()
	page, err := os.ReadFile(filepath.Join(stage.Root(), "docs", "operations.md"))
	i.Must(err)
	_, rest, found := strings.Cut(string(page), "```sh\n# "+title+"\n")
	commands, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		i.Fatalf("docs/operations.md has no block %q", title)
	}
	shell := exec.CommandContext(i.Context(), "sh", "-eu", "-c", commands)
	shell.Env = append(os.Environ(), "DATA="+i.DataDir, "BACKUP="+backup, "MEDIARELAY_DATABASE_URL="+i.Env["MEDIARELAY_DATABASE_URL"])
	if out, err := shell.CombinedOutput(); err != nil {
		i.Fatalf("%s: %v: %s", title, err, out)
	}
}

// emptyPostgres is the URL of an empty database of its own, in a form that libpq reads
// too: it does not know search_path, by which other tests are kept apart.
func emptyPostgres(t *testing.T) string {
	t.Helper()
	address, err := url.Parse(databasetest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	name := query.Get("search_path")
	query.Del("search_path")
	address.RawQuery = query.Encode()
	db, err := sql.Open("pgx", address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}
