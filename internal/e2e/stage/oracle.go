package stage

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mediarelay/internal/media"
)

// WantRelayed checks what must hold of every file in the end, whatever happened to the
// server. The upload is done; it has one row and one asset; the SHA-256 of the file is
// that of the stored bytes and of what the provider holds under the asset's media ID and
// handle. It returns how many media objects and handles at the provider are unused.
func (i *Process) WantRelayed(ends map[*File]Upload) (orphans int) {
	i.Helper()
	objects, handles, sessions := map[string]int{}, map[string]string{}, map[string]int{}
	for _, object := range i.Sandbox.AllMedia() {
		objects[object.SHA256]++
	}
	for _, held := range i.Sandbox.Handles() {
		handles[string(held.Handle)] = held.SHA256
		sessions[held.SHA256]++
	}
	for f, u := range ends {
		digest := Digest(f.Content)
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != digest {
			i.Errorf("%s ended as %+v, want it done with digest %s", f.Name, u, digest)
			continue
		}
		if held, ok := i.Sandbox.Media(media.MediaID(u.Asset.MediaID)); !ok || held.SHA256 != digest {
			i.Errorf("%s: the provider has %+v under media ID %q, want digest %s", f.Name, held, u.Asset.MediaID, digest)
		}
		if u.Asset.Handle != "" && handles[u.Asset.Handle] != digest {
			i.Errorf("%s: the provider's handle is of %q, want digest %s", f.Name, handles[u.Asset.Handle], digest)
		}
		orphans += objects[digest] - 1 + max(0, sessions[digest]-1)
	}
	i.wantNothingElse(ends)
	i.wantClientFilesOnly()
	return orphans
}

// wantNothingElse wants one row, one asset and the bytes of each file, and nothing else.
func (i *Process) wantNothingElse(ends map[*File]Upload) {
	i.Helper()
	if rows := i.Count("SELECT COUNT(*) FROM uploads"); rows != len(ends) {
		i.Errorf("the database has %d uploads, want %d", rows, len(ends))
	}
	if open := i.Count("SELECT COUNT(*) FROM relays WHERE is_open = 1"); open != 0 {
		i.Errorf("%d relays are open", open)
	}
	if copies := i.Count("SELECT COUNT(*) FROM copies WHERE copy = 'media_id'"); copies != len(ends) {
		i.Errorf("%d media IDs are recorded, want %d", copies, len(ends))
	}
	known := map[string]*File{}
	for f := range ends {
		known[f.ID] = f
	}
	i.Must(fs.WalkDir(os.DirFS(filepath.Join(i.DataDir, "uploads")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path, ".") {
			return err
		}
		content, err := os.ReadFile(filepath.Join(i.DataDir, "uploads", path))
		if f := known[path]; f == nil || Digest(content) != Digest(f.Content) {
			i.Errorf("the store's file %s belongs to no upload, or has other content (%d bytes)", path, len(content))
		}
		return err
	}))
}

// WantNothingUnchecked wants nothing complete at the provider that belongs to an
// incomplete upload or to a file that has not been checked.
func (i *Process) WantNothingUnchecked() {
	i.Helper()
	i.wantClientFilesOnly()
	complete := map[string]bool{}
	for _, digest := range i.completeAtProvider() {
		complete[digest] = true
	}
	db := i.SQLite("mode=ro")
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "SELECT declared_sha256 FROM uploads WHERE state IN ('uploading', 'checking')")
	i.Must(err)
	defer rows.Close()
	for rows.Next() {
		var digest string
		i.Must(rows.Scan(&digest))
		if complete[digest] {
			i.Errorf("the provider has the complete file %s, which the server has not checked", digest)
		}
	}
	i.Must(rows.Err())
}

// wantClientFilesOnly wants everything that is complete at the provider, used or not, to
// be the file of a client, byte for byte.
func (i *Process) wantClientFilesOnly() {
	i.Helper()
	for _, digest := range i.completeAtProvider() {
		if _, known := i.sentDigests.Load(digest); !known {
			i.Errorf("the provider has an object or a handle with digest %s, which is no client's file", digest)
		}
	}
}

// completeAtProvider are the digests of all media objects and handles at the provider.
func (i *Process) completeAtProvider() (digests []string) {
	for _, object := range i.Sandbox.AllMedia() {
		digests = append(digests, object.SHA256)
	}
	for _, held := range i.Sandbox.Handles() {
		digests = append(digests, held.SHA256)
	}
	return digests
}

// LoggedOrphans is the number of unused objects that the log reports. Counters end with
// their process.
func (i *Process) LoggedOrphans() int {
	return strings.Count(i.ServerLog.All(), "provider may hold a second copy of a file") +
		strings.Count(i.ServerLog.All(), "copy could not be recorded")
}
