package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// quarantineFolder holds the bytes that no row refers to, in the store's folder. A file
// is named after its upload and the time at which it was moved, in UTC, so that it can
// be moved back by hand: "ID.20060102T150405Z".
const (
	quarantineFolder = "quarantine"
	quarantineTime   = "20060102T150405Z"
)

// IDs lists the uploads whose bytes are stored, in no order.
func (f *Folder) IDs(context.Context) (ids []string, err error) {
	return f.list(func(fs.DirEntry) bool { return true })
}

// Old lists the uploads that were last written before a time.
func (f *Folder) Old(_ context.Context, before time.Time) (ids []string, err error) {
	return f.list(func(entry fs.DirEntry) bool {
		info, err := entry.Info()
		return err == nil && info.ModTime().Before(before) // removed meanwhile, or too new
	})
}

func (f *Folder) list(wanted func(fs.DirEntry) bool) (ids []string, err error) {
	entries, err := f.entries(".")
	if err = errors.Join(err, f.present()); err != nil {
		return nil, fmt.Errorf("list the store in %s: %w", f.path, f.plain(err))
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || !wanted(entry) {
			continue
		}
		ids = append(ids, strings.TrimSuffix(entry.Name(), uncheckedSuffix))
	}
	return ids, nil
}

func (f *Folder) entries(folder string) (entries []fs.DirEntry, err error) {
	opened, err := f.root.Open(folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return opened.ReadDir(-1)
}

// Quarantine moves the bytes of an upload aside, and returns their new name in the
// folder. The name is empty if there are none.
func (f *Folder) Quarantine(_ context.Context, id string, at time.Time) (moved string, err error) {
	if err := f.present(); err != nil {
		return "", f.named("quarantine", id, err)
	}
	if err := f.root.Mkdir(quarantineFolder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", f.named("quarantine", id, err)
	}
	for _, from := range []string{unchecked(id), name(id)} {
		to := quarantineFolder + "/" + from + "." + at.UTC().Format(quarantineTime)
		err := f.move(from, to)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", f.named("quarantine", id, err)
		}
		moved = to
	}
	return moved, f.named("quarantine", id, errors.Join(f.flush(quarantineFolder), f.flush(".")))
}

// move renames a file and never replaces another one.
func (f *Folder) move(from, to string) error {
	if _, err := f.root.Lstat(to); err == nil {
		return fmt.Errorf("%s: %w", to, os.ErrExist)
	}
	return f.root.Rename(from, to)
}

// PurgeQuarantine deletes what was moved aside before a time, and returns how many files
// that were. It leaves files alone whose names it does not know.
func (f *Folder) PurgeQuarantine(_ context.Context, before time.Time) (purged int, err error) {
	if err := f.present(); err != nil {
		return 0, err
	}
	entries, err := f.entries(quarantineFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, entry := range entries {
		stamp := entry.Name()[strings.LastIndex(entry.Name(), ".")+1:]
		moved, parseErr := time.Parse(quarantineTime, stamp)
		if parseErr != nil || !moved.Before(before) {
			continue
		}
		removeErr := f.root.Remove(quarantineFolder + "/" + entry.Name())
		if removeErr == nil {
			purged++
		}
		err = errors.Join(err, removeErr)
	}
	return purged, err
}
