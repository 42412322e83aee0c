package storeid_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
	"mediarelay/internal/storeid"
)

// pair is a store and a database before a start.
type pair struct {
	*testing.T
	db      *database.DB
	library *library.Library
	root    string
}

// start makes the check of a start.
func (p *pair) start(adopt bool) (*store.Folder, error) {
	p.Helper()
	folder, err := store.OpenFolder(p.root)
	p.must(err)
	p.Cleanup(func() { _ = folder.Close() })
	return folder, storeid.Pair(p.Context(), storeid.Config{Folder: folder, Library: p.library, Database: "the database's name", Adopt: adopt})
}

func (p *pair) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// upload adds the row of an upload that has bytes.
func (p *pair) upload(id string) {
	p.Helper()
	p.must(p.library.CreateUpload(p.Context(), library.Upload{ID: id, Channel: "acme"}))
	p.must(p.library.FinishUpload(p.Context(), id, "", nil))
}

func (p *pair) write(name, text string) {
	p.Helper()
	p.must(os.MkdirAll(p.root, 0o700))
	p.must(os.WriteFile(filepath.Join(p.root, name), []byte(text), 0o600))
}

// record writes an ID into the database.
func (p *pair) record(id string) {
	p.Helper()
	p.must(p.library.PairStore(p.Context(), func(string) (string, error) { return id, nil }))
}

const (
	one, two = "11111111111111111111111111111111", "22222222222222222222222222222222"
	marker   = ".mediarelay"
)

// cases are all that a start may find. Refusals name what they want of the operator.
var cases = map[string]struct {
	given   func(p *pair)
	refusal string // a part of it; empty if the two are paired
}{
	"nothing":                            {func(*pair) {}, ""},
	"the same id":                        {func(p *pair) { p.record(one); p.write(marker, one+"\n"); p.upload("a") }, ""},
	"a crash after the folder's id":      {func(p *pair) { p.write(marker, one+" unconfirmed\n") }, ""},
	"a crash after the database's id":    {func(p *pair) { p.write(marker, one+" unconfirmed\n"); p.record(one) }, ""},
	"a crash during an upgrade":          {func(p *pair) { p.write(marker, one+" unconfirmed\n"); p.upload("a"); p.write("a", "") }, ""},
	"an old installation":                {func(p *pair) { p.write(marker, ""); p.upload("a"); p.write("a", ""); p.write("orphan", "") }, ""},
	"an old one that kept nothing":       {func(p *pair) { p.write(marker, ""); p.uploading("a") }, ""},
	"another id":                         {func(p *pair) { p.record(one); p.write(marker, two+"\n") }, "store " + two},
	"another replica's new folder":       {func(p *pair) { p.record(one); p.write(marker, two+" unconfirmed\n") }, "store " + two},
	"an empty folder":                    {func(p *pair) { p.record(one) }, "has no store id"},
	"an old folder":                      {func(p *pair) { p.record(one); p.write(marker, "") }, "has no store id"},
	"an empty database":                  {func(p *pair) { p.write(marker, one+"\n"); p.write("a", "") }, "belongs to no store yet"},
	"an older database":                  {func(p *pair) { p.write(marker, one+"\n"); p.write("a", ""); p.upload("a") }, "belongs to no store yet"},
	"an old one without its volume":      {func(p *pair) { p.upload("a") }, "never been a store"},
	"an old one in an old, wrong folder": {func(p *pair) { p.write(marker, ""); p.upload("a"); p.upload("b"); p.write("b", "") }, "lacks the bytes of 1 uploads"},
	"an old folder, an empty database":   {func(p *pair) { p.write(marker, ""); p.write("a", "") }, "none belongs to an upload"},
	"a damaged id":                       {func(p *pair) { p.record(one); p.write(marker, "x") }, "damaged"},
}

func (p *pair) uploading(id string) {
	p.Helper()
	p.must(p.library.CreateUpload(p.Context(), library.Upload{ID: id, Channel: "acme"}))
}

func TestAStoreAndADatabaseBelongTogether(t *testing.T) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				p := &pair{T: t, db: db, library: library.New(db), root: filepath.Join(t.TempDir(), "uploads")}
				c.given(p)
				before := p.state()
				_, err := p.start(false)
				if c.refusal == "" {
					p.wantPaired(err)
					return
				}
				if err == nil {
					t.Fatal("it was paired")
				}
				for _, part := range []string{c.refusal, p.root, "--adopt-store"} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q lacks %q", err, part)
					}
				}
				if after := p.state(); after != before {
					t.Errorf("the refusal changed %q to %q", before, after)
				}
				_, err = p.start(true)
				p.wantPaired(err)
			})
		})
	}
}

// state is the IDs of both sides.
func (p *pair) state() string {
	p.Helper()
	id, err := p.library.StoreID(p.Context())
	p.must(err)
	text, err := os.ReadFile(filepath.Join(p.root, marker))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.Fatal(err)
	}
	return id + " " + string(text)
}

func (p *pair) wantPaired(err error) {
	p.Helper()
	p.must(err)
	id, err := p.library.StoreID(p.Context())
	p.must(err)
	folder, err := p.start(false)
	p.must(err)
	if found, err := folder.Identity(); err != nil || found.ID != id || id == "" || !found.Confirmed {
		p.Errorf("the folder has %+v, %v, and the database %q", found, err, id)
	}
}
