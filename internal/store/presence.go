package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

// marker is the file that makes a folder a store and holds its identity. It is empty if
// only versions without identities have used the folder.
const marker = ".mediarelay"

// unconfirmed follows the ID while no database is known to have recorded it.
const unconfirmed = "unconfirmed"

// ErrIdentity: the marker has content that no version has written.
var ErrIdentity = errors.New("store: the file with the store's id is damaged")

// Identity distinguishes one store from every other one.
type Identity struct {
	// ID is 32 lower-case hexadecimal digits; empty without one.
	ID string
	// Confirmed says that a database has recorded the ID.
	Confirmed bool
	// Marked says that the folder has been a store before, perhaps without an ID.
	Marked bool
}

// NewID returns the ID of a new store: 128 random bits.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

var markerText = regexp.MustCompile(`^([0-9a-f]{32})( ` + unconfirmed + `)?\n$`)

// Identity reads the folder's identity.
func (f *Folder) Identity() (Identity, error) { return readIdentity(f.root) }

func readIdentity(root *os.Root) (Identity, error) {
	text, err := root.ReadFile(marker)
	if errors.Is(err, fs.ErrNotExist) {
		return Identity{}, nil
	}
	if err != nil {
		return Identity{}, err
	}
	if len(text) == 0 {
		return Identity{Marked: true}, nil
	}
	found := markerText.FindSubmatch(text)
	if found == nil {
		return Identity{}, fmt.Errorf("%w: %s", ErrIdentity, marker)
	}
	return Identity{ID: string(found[1]), Confirmed: len(found[2]) == 0, Marked: true}, nil
}

// SetIdentity writes the folder's identity, flushes it to disk, and expects it from now
// on. A crash leaves the previous identity or the new one.
func (f *Folder) SetIdentity(want Identity) error {
	text := want.ID
	if !want.Confirmed {
		text += " " + unconfirmed
	}
	if err := f.replaceMarker(text + "\n"); err != nil {
		return fmt.Errorf("write the store's id to %s: %w", f.path, f.plain(err))
	}
	return f.Expect(want.ID)
}

func (f *Folder) replaceMarker(text string) error {
	temporary := marker + "-" + NewID()
	file, err := f.root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = f.root.Rename(temporary, marker)
	}
	if err != nil {
		return errors.Join(err, f.root.Remove(temporary))
	}
	return f.flush(".")
}

// knownIdentity is the ID that the folder must have, and the marker that had it when it
// was last read.
type knownIdentity struct {
	id   string
	file fs.FileInfo
}

// Expect makes every operation fail with ErrAway while the folder has another ID.
func (f *Folder) Expect(id string) error {
	f.identity.Store(&knownIdentity{id: id})
	return f.present()
}

// present returns nil if the path still leads to the folder that was opened, and the
// folder still has the expected ID. It is called before and after each write, since
// bytes that were written to a replaced folder must not be acknowledged.
func (f *Folder) present() error {
	now, err := os.Stat(f.path)
	if err != nil {
		return f.away("it cannot be read (%v). Mount or restore it", err)
	}
	if !os.SameFile(f.first, now) {
		return f.replaced()
	}
	known := f.identity.Load()
	if known == nil {
		return nil
	}
	file, err := f.root.Lstat(marker)
	if err == nil && known.file != nil && unchanged(known.file, file) {
		return nil
	}
	return f.readExpected(known.id, file)
}

func unchanged(before, now fs.FileInfo) bool {
	return os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}

func (f *Folder) readExpected(id string, file fs.FileInfo) error {
	found, err := f.Identity()
	switch {
	case err != nil:
		return f.away("its id cannot be read (%v). Restore the file %s", err, marker)
	case found.ID == "":
		return f.away("its file %s with the store's id %s is gone. Restore the folder", marker, id)
	case found.ID != id:
		return f.away("it is store %s and not store %s. Put the right folder back", found.ID, id)
	}
	f.identity.Store(&knownIdentity{id: id, file: file})
	return nil
}

// replaced says whether a restart would accept the folder that is at the path now.
func (f *Folder) replaced() error {
	const what = "it is another folder than the one that was opened. "
	known := f.identity.Load()
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return f.away(what + "Put the right folder back")
	}
	found, err := readIdentity(root)
	if errors.Join(err, root.Close()) == nil && known != nil && found.ID == known.id {
		return f.away(what + "It has the id of this store: restart the server to use it")
	}
	return f.away(what + "Put the right folder back")
}

func (f *Folder) away(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrAway, f.path, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// Free returns the free space of the folder's file system in bytes, as far as this user
// may use it.
func (f *Folder) Free(context.Context) (int64, error) { return FreeBytes(f.path) }
