package faults

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Pages of the SQLite file are damaged while the server is down. The next one notices it,
// is not ready, and says what to do.
func TestDamagedDatabasePages(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	i.WantDone(jpegFiles(t, 1, 300_000))
	i.Must(i.Command.Process.Signal(os.Interrupt))
	i.AwaitExit()
	damageTable(i, "copies")
	i.Start()
	i.Await("the server is not ready", i.Ended, func() bool {
		status, _ := i.Admin("/readyz")
		return status == http.StatusServiceUnavailable
	})
	i.AwaitLog("the database is damaged; the server is not ready until it is restored from a backup")
}

// Pages are damaged while the server runs, and the first to meet them is a request that
// only reads. The server is not ready from that moment on.
func TestDamagedPagesThatARequestReads(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	i.WantDone(jpegFiles(t, 1, 300_000))
	i.Must(i.Command.Process.Signal(os.Interrupt)) // moves the log's pages into the file
	i.AwaitExit()
	i.Start()
	if answer, text := i.Do(http.MethodGet, "/v1/assets", nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("before: %s %s", answer.Status, text)
	}
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Fatalf("before: /readyz answers %d %s", status, text)
	}
	damageTable(i, "assets")
	// SQLite reads the page again once another connection has committed.
	i.Await("a request meets the damage", i.Ended, func() bool {
		answer, _ := i.Do(http.MethodGet, "/v1/assets", nil)
		return answer.StatusCode == http.StatusInternalServerError
	})
	if status, _ := i.Admin("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d, want 503", status)
	}
}

// damageTable overwrites the first page of a table.
func damageTable(i *stage.Process, table string) {
	i.Helper()
	db := i.SQLite("mode=ro")
	var page, size int64
	i.Must(errors.Join(
		db.QueryRowContext(i.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = $1", table).Scan(&page),
		db.QueryRowContext(i.Context(), "PRAGMA page_size").Scan(&size),
		db.Close(),
	))
	file, err := os.OpenFile(filepath.Join(i.DataDir, "mediarelay.db"), os.O_WRONLY, 0)
	i.Must(err)
	_, err = file.WriteAt(bytes.Repeat([]byte{0xff}, int(size)), (page-1)*size)
	i.Must(errors.Join(err, file.Close()))
}
