package main

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mediarelay/internal/media"
)

// What must hold of files, the server's and the provider's, whatever went wrong.

// wantRelayed is what must hold of every file in the end, whatever the server
// died of: done; one upload and one asset of it; the digest of the file is that of
// the stored bytes and of what the provider holds under the asset's media ID and
// handle. It returns how many media objects and handles nobody uses.
func (i *installation) wantRelayed(ends map[*sent]upload) (orphans int) {
	i.Helper()
	objects, handles, sessions := map[string]int{}, map[string]string{}, map[string]int{}
	for _, object := range i.sandbox.AllMedia() {
		objects[object.SHA256]++
	}
	for _, held := range i.sandbox.Handles() {
		handles[string(held.Handle)] = held.SHA256
		sessions[held.SHA256]++
	}
	for f, u := range ends {
		digest := digestOf(f.content)
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != digest {
			i.Errorf("%s ended as %+v, want it done with digest %s", f.name, u, digest)
			continue
		}
		if held, ok := i.sandbox.Media(media.MediaID(u.Asset.MediaID)); !ok || held.SHA256 != digest {
			i.Errorf("%s: the provider has %+v under media ID %q, want digest %s", f.name, held, u.Asset.MediaID, digest)
		}
		if u.Asset.Handle != "" && handles[u.Asset.Handle] != digest {
			i.Errorf("%s: the provider's handle is of %q, want digest %s", f.name, handles[u.Asset.Handle], digest)
		}
		orphans += objects[digest] - 1 + max(0, sessions[digest]-1)
	}
	i.wantNothingElse(ends)
	i.wantNothingForeign()
	return orphans
}

// wantNothingElse wants one row and one asset for each file, its bytes, and no more.
func (i *installation) wantNothingElse(ends map[*sent]upload) {
	i.Helper()
	if rows := i.count("SELECT COUNT(*) FROM uploads"); rows != len(ends) {
		i.Errorf("%d uploads are remembered, want %d", rows, len(ends))
	}
	if open := i.count("SELECT COUNT(*) FROM relays WHERE is_open = 1"); open != 0 {
		i.Errorf("%d relays are open", open)
	}
	if copies := i.count("SELECT COUNT(*) FROM copies WHERE copy = 'media_id'"); copies != len(ends) {
		i.Errorf("%d media IDs are recorded, want %d", copies, len(ends))
	}
	known := map[string]*sent{}
	for f := range ends {
		known[f.id] = f
	}
	i.must(fs.WalkDir(os.DirFS(filepath.Join(i.data, "uploads")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path, ".") {
			return err
		}
		content, err := os.ReadFile(filepath.Join(i.data, "uploads", path))
		if f := known[path]; f == nil || digestOf(content) != digestOf(f.content) {
			i.Errorf("the store's file %s is of no upload, or of %d other bytes", path, len(content))
		}
		return err
	}))
}

// wantNothingUnchecked wants nothing complete at the provider of an upload that is
// not whole, or whose file is not checked.
func (i *installation) wantNothingUnchecked() {
	i.Helper()
	i.wantNothingForeign()
	complete := map[string]bool{}
	for _, digest := range i.complete() {
		complete[digest] = true
	}
	db := i.sqlite("mode=ro")
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "SELECT declared_sha256 FROM uploads WHERE state IN ('uploading', 'checking')")
	i.must(err)
	defer rows.Close()
	for rows.Next() {
		var digest string
		i.must(rows.Scan(&digest))
		if complete[digest] {
			i.Errorf("the provider has the file %s, and nobody has checked it", digest)
		}
	}
	i.must(rows.Err())
}

// wantNothingForeign wants all that is complete at the provider, with a use or
// without, to be a client's file, byte for byte.
func (i *installation) wantNothingForeign() {
	i.Helper()
	for _, digest := range i.complete() {
		if _, known := i.clients.Load(digest); !known {
			i.Errorf("the provider has an object or a handle with digest %s, which no client's file has", digest)
		}
	}
}

// complete are the digests of all media objects and handles at the provider.
func (i *installation) complete() (digests []string) {
	for _, object := range i.sandbox.AllMedia() {
		digests = append(digests, object.SHA256)
	}
	for _, held := range i.sandbox.Handles() {
		digests = append(digests, held.SHA256)
	}
	return digests
}

// count asks the server's SQLite file a question, beside the server.
func (i *installation) count(query string) (n int) {
	i.Helper()
	db := i.sqlite("mode=ro")
	defer db.Close()
	i.must(db.QueryRowContext(context.Background(), query).Scan(&n))
	return n
}

func (i *installation) sqlite(mode string) *sql.DB {
	i.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(i.data, "mediarelay.db")+"?"+mode+"&_pragma=busy_timeout(5000)")
	i.must(err)
	return db
}
