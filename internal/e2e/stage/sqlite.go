package stage

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
)

// Count runs a counting query on the server's SQLite file.
func (i *Process) Count(query string) (n int) {
	i.Helper()
	db := i.SQLite("mode=ro")
	defer db.Close()
	i.Must(db.QueryRowContext(context.Background(), query).Scan(&n))
	return n
}

// SQLite opens the server's SQLite file with URI parameters such as mode=ro.
func (i *Process) SQLite(mode string) *sql.DB {
	i.Helper()
	path := url.PathEscape(filepath.Join(i.DataDir, "mediarelay.db")) // a test's second run has a # in its name
	db, err := sql.Open("sqlite", "file:"+path+"?"+mode+"&_pragma=busy_timeout(5000)")
	i.Must(err)
	return db
}
