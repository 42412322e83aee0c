package browserstage

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
)

// StoredUpload is what the server has of one upload.
type StoredUpload struct {
	ID, Filename, State, SHA256 string
	Length, Stored              int64
	file                        string
}

// Uploads lists the uploads in the server's database, oldest first.
func (b *Server) Uploads() []StoredUpload {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.data, "mediarelay.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	b.Must(err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "SELECT id, filename, state, sha256, length FROM uploads ORDER BY created_at, id")
	b.Must(err)
	defer rows.Close()
	var list []StoredUpload
	for rows.Next() {
		var h StoredUpload
		b.Must(rows.Scan(&h.ID, &h.Filename, &h.State, &h.SHA256, &h.Length))
		h.file = filepath.Join(b.data, "uploads", h.ID)
		if info, err := os.Stat(h.file); err == nil {
			h.Stored = info.Size()
		}
		list = append(list, h)
	}
	b.Must(rows.Err())
	return list
}

// StrayFiles lists the files of the store that belong to no upload.
func (b *Server) StrayFiles() []string {
	b.Helper()
	known := map[string]bool{".mediarelay": true}
	for _, h := range b.Uploads() {
		known[h.ID] = true
	}
	var list []string
	b.Must(fs.WalkDir(os.DirFS(filepath.Join(b.data, "uploads")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !known[filepath.Base(path)] {
			list = append(list, path)
		}
		return err
	}))
	return list
}
