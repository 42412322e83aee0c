package faults

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/sandbox"
)

// A store and a database that do not belong together: the server refuses to start, and
// neither fails an upload nor touches a file.

// V1: started without its volume, the server does not fail the uploads that it has yet to
// relay. They are relayed once the volume is back.
func TestStartWithoutItsVolumeFailsNothing(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	files := jpegFiles(t, 5, 100_000)
	sendUnrelayed(i, files)
	i.Signal(syscall.SIGTERM)

	uploads := filepath.Join(i.DataDir, "uploads")
	i.Must(os.Rename(uploads, uploads+".unmounted"))
	wantRefusal(i, "belongs to store", uploads, "mediarelay.db", "Mount or restore", "--adopt-store")
	i.Must(os.RemoveAll(uploads))
	i.Must(os.Rename(uploads+".unmounted", uploads))
	resumeChannel(i)
	i.Start()
	i.WantDone(files)
}

// V2: an empty database beside a full folder. No file is deleted.
func TestAnEmptyDatabaseDeletesNoFile(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	i.WantDone(jpegFiles(t, 3, 100_000))
	i.Signal(syscall.SIGTERM)
	before := storedFiles(i)

	i.Must(os.Rename(database(i), database(i)+".away")) // it has no other file after an orderly end
	wantRefusal(i, "belongs to no store yet", filepath.Join(i.DataDir, "uploads"), "--adopt-store")
	if after := storedFiles(i); len(after) != len(before) {
		t.Errorf("files %v, then %v", before, after)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		i.Must(os.RemoveAll(database(i) + suffix))
	}
	i.Must(os.Rename(database(i)+".away", database(i)))
	i.Start()
	i.WantDone(jpegFiles(t, 3, 100_000))
}

// V3: a second replica with a folder of its own does not start.
func TestAReplicaWithItsOwnFolderIsRefused(t *testing.T) {
	t.Parallel()
	first := stage.NewProcess(t)
	first.Env["MEDIARELAY_DATABASE_URL"] = databasetest.PostgresURL(t)
	first.Start()
	second := first.Replica()
	second.Env["MEDIARELAY_STORE_URL"] = "file:" + filepath.Join(t.TempDir(), "uploads")
	wantRefusal(second, "belongs to store", "postgres database", "a folder of its own for each replica")
	first.WantDone(jpegFiles(t, 2, 100_000))
}

// V4: an installation from before the id is paired by itself, unless bytes are missing.
func TestAnOldInstallationIsPairedOnce(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	files := jpegFiles(t, 2, 100_000)
	i.WantDone(files)
	i.Signal(syscall.SIGTERM)

	marker, stored := filepath.Join(i.DataDir, "uploads", ".mediarelay"), filepath.Join(i.DataDir, "uploads", files[0].ID)
	forgetID := func() {
		execute(i, "UPDATE store SET id = ''")
		i.Must(os.WriteFile(marker, nil, 0o600))
	}
	forgetID()
	i.Must(os.Rename(stored, filepath.Join(i.DataDir, "away")))
	wantRefusal(i, "lacks the bytes of 1 uploads", files[0].ID)
	i.Must(os.Rename(filepath.Join(i.DataDir, "away"), stored))
	i.Start()
	i.Signal(syscall.SIGTERM)
	if id, err := os.ReadFile(marker); err != nil || len(strings.TrimSpace(string(id))) != 32 {
		t.Errorf("the folder's id is %q, %v", id, err)
	}
	i.Start()
	i.WantDone(files)
}

// V5: an operator who means it makes another folder the database's store.
func TestAdoptStore(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	i.WantDone(jpegFiles(t, 1, 100_000))
	i.Signal(syscall.SIGTERM)
	i.Env["MEDIARELAY_STORE_URL"] = "file:" + filepath.Join(t.TempDir(), "uploads")
	wantRefusal(i, "has no store id")
	i.Flags = []string{"--adopt-store"}
	i.Start()
	i.AwaitLog("bytes are missing in the store")
	i.Signal(syscall.SIGTERM)
	i.Flags = nil
	i.Start()
	i.Signal(syscall.SIGTERM)
}

// V9: an older program does not start on a newer schema.
func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	i.Signal(syscall.SIGTERM)
	execute(i, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9001, 1)")
	wantRefusal(i, "newer than this program", "version 9001", "backup")
}

// wantRefusal wants a start to end with a sentence that contains all parts.
func wantRefusal(i *stage.Process, parts ...string) {
	i.Helper()
	if said := i.Spawn(); said.Scan() {
		i.Fatalf("the server says %q, want it to end", said.Text())
	}
	if state := i.AwaitExit(); state.ExitCode() != 1 {
		i.Errorf("it ended with %v, want 1", state)
	}
	end := i.ServerLog.LineWith("mediarelay: MEDIARELAY_")
	for _, part := range parts {
		if !strings.Contains(i.ServerLog.All(), part) {
			i.Errorf("it says %q, without %q", end, part)
		}
	}
}

// sendUnrelayed sends files to a channel that its provider pauses for longer than a test
// takes.
func sendUnrelayed(i *stage.Process, files []*stage.File) {
	i.Helper()
	i.Sandbox.Faults().Add(sandbox.OpOpenSession, sandbox.Answer(429, map[string][]string{"Retry-After": {"900"}}, "{}"))
	i.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(429, map[string][]string{"Retry-After": {"900"}}, "{}"))
	paused := func() bool { return i.Count("SELECT COUNT(*) FROM circuits WHERE opened_at > 0") == 1 }
	for _, f := range files {
		f.Purposes = "message"
		i.Must(i.Send(i.Context(), f))
		// A relay that had begun before the pause could succeed, and would end it.
		i.Await("the channel's pause", i.Ended, paused)
	}
}

// resumeChannel ends the pause while no server runs.
func resumeChannel(i *stage.Process) {
	i.Helper()
	execute(i, "DELETE FROM circuits", "UPDATE relays SET next_at = 0")
}

func execute(i *stage.Process, statements ...string) {
	i.Helper()
	db := i.SQLite("mode=rw")
	defer db.Close()
	for _, statement := range statements {
		_, err := db.ExecContext(i.Context(), statement)
		i.Must(err)
	}
}

func database(i *stage.Process) string { return filepath.Join(i.DataDir, "mediarelay.db") }

// storedFiles are the names of the files of uploads, in the store or its quarantine.
func storedFiles(i *stage.Process) (names []string) {
	i.Helper()
	for _, pattern := range []string{"uploads/[0-9a-f]*", "uploads/quarantine/*"} {
		found, err := filepath.Glob(filepath.Join(i.DataDir, pattern))
		i.Must(err)
		names = append(names, found...)
	}
	return names
}
