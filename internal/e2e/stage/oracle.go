package stage

import (
	"context"
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

// wantNothingElse wants one row and one asset for each file, its bytes, and no more.
func (i *Process) wantNothingElse(ends map[*File]Upload) {
	i.Helper()
	if rows := i.Count("SELECT COUNT(*) FROM uploads"); rows != len(ends) {
		i.Errorf("%d uploads are remembered, want %d", rows, len(ends))
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
			i.Errorf("the store's file %s is of no upload, or of %d other bytes", path, len(content))
		}
		return err
	}))
}

// wantNothingUnchecked wants nothing complete at the provider of an upload that is
// not whole, or whose file is not checked.
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
			i.Errorf("the provider has the file %s, and nobody has checked it", digest)
		}
	}
	i.Must(rows.Err())
}

// wantNothingForeign wants all that is complete at the provider, with a use or
// without, to be a client's file, byte for byte.
func (i *Process) wantClientFilesOnly() {
	i.Helper()
	for _, digest := range i.completeAtProvider() {
		if _, known := i.sentDigests.Load(digest); !known {
			i.Errorf("the provider has an object or a handle with digest %s, which no client's file has", digest)
		}
	}
}

// complete are the digests of all media objects and handles at the provider.
func (i *Process) completeAtProvider() (digests []string) {
	for _, object := range i.Sandbox.AllMedia() {
		digests = append(digests, object.SHA256)
	}
	for _, held := range i.Sandbox.Handles() {
		digests = append(digests, held.SHA256)
	}
	return digests
}

// told is of how many objects without a use the log tells: counters die with their process.
func (i *Process) LoggedOrphans() int {
	return strings.Count(i.ServerLog.All(), "the provider may hold a second copy of a file") +
		strings.Count(i.ServerLog.All(), "a copy that the provider gave could not be recorded")
}
