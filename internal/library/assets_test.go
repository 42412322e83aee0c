package library_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
)

func TestAContentHoldsBothCopies(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		soon, later := time.Now().Add(time.Hour), time.Now().Add(48*time.Hour)
		first := recordCopy(t, l, content("c1", "u1"), library.Copy{Copy: media.CopyMediaID, Value: "1094408688491179", ExpiresAt: later})
		second := recordCopy(t, l, content("c2", "u1"), library.Copy{Copy: media.CopyHandle, Value: "4:x\n4:y", ExpiresAt: soon})
		if first != "c1" || second != "c1" {
			t.Errorf("got contents %q and %q, want the same bytes to be one content", first, second)
		}
		c, err := l.ContentByDigest(t.Context(), "acme", "digest of u1")
		must(t, err)
		id, hasID := c.Valid(media.CopyMediaID, time.Now())
		handle, hasHandle := c.Valid(media.CopyHandle, time.Now())
		if !hasID || !hasHandle || id.Value != "1094408688491179" || handle.Value != "4:x\n4:y" {
			t.Errorf("copies: %+v", c.Copies)
		}
		if _, ok := c.Valid(media.CopyHandle, time.Now().Add(2*time.Hour)); ok {
			t.Error("a handle past its end is still valid")
		}
		recordCopy(t, l, content("c3", "u1"), library.Copy{Copy: media.CopyHandle, Value: "4:new", ExpiresAt: later})
		c, err = l.ContentByDigest(t.Context(), "acme", "digest of u1")
		if handle, _ := c.Valid(media.CopyHandle, time.Now()); err != nil || handle.Value != "4:new" || len(c.Copies) != 2 {
			t.Errorf("after a new handle: %+v, %v", c.Copies, err)
		}
	})
}

// Two people who upload the same bytes have an asset each, with the name that each gave.
// The bytes and their copies are one content.
func TestSameBytesHaveAsManyNamesAsPeopleGave(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		alice := relayed(t, l, library.Upload{ID: "u1", Subject: "alice", Filename: "DRAFT do not send v3.pdf"}, "same bytes")
		bob := relayed(t, l, library.Upload{ID: "u2", Subject: "bob", Filename: "Price list 2026.pdf"}, "same bytes")
		renamed := relayed(t, l, library.Upload{ID: "u3", Subject: "bob", Filename: "Prices.pdf"}, "same bytes")
		again := relayed(t, l, library.Upload{ID: "u4", Subject: "bob", Filename: "Price list 2026.pdf"}, "same bytes")

		if bob.Filename != "Price list 2026.pdf" || bob.CreatedBy != "bob" || bob.ID == alice.ID {
			t.Errorf("bob has %q by %s, asset %s; alice has asset %s", bob.Filename, bob.CreatedBy, bob.ID, alice.ID)
		}
		if renamed.ID == bob.ID || renamed.Filename != "Prices.pdf" {
			t.Errorf("under another name: %+v", renamed)
		}
		if again.ID != bob.ID {
			t.Errorf("the same name again is asset %s, want %s", again.ID, bob.ID)
		}
		for _, a := range []library.Asset{bob, renamed} {
			if a.Content.ID != alice.Content.ID || len(a.Content.Copies) != 1 {
				t.Errorf("%q: content %+v, want that of alice", a.Filename, a.Content)
			}
		}
		for text, want := range map[string]int{"draft": 1, "price": 2, "PRICES": 1, "": 3} {
			page, err := l.Assets(t.Context(), library.AssetQuery{Channel: "acme", Text: text, Limit: 10})
			if err != nil || len(page.Items) != want {
				t.Errorf("%q finds %d, %v, want %d", text, len(page.Items), err, want)
			}
		}
	})
}

// A copy changes every asset of its content, and another name is a change too. The times
// grow although the clock stands.
func TestAssetsChangeWithTheirContent(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		useTestClock(l)
		one := relayed(t, l, library.Upload{ID: "u1", Subject: "alice", Filename: "a.pdf"}, "same bytes")
		before := versions(t, l)
		other := relayed(t, l, library.Upload{ID: "u2", Subject: "bob", Filename: "b.pdf"}, "same bytes")
		after := versions(t, l)
		if after[one.ID] <= before[one.ID] || after[other.ID] == 0 {
			t.Errorf("versions %v, then %v", before, after)
		}
	})
}

func versions(t *testing.T, l *library.Library) map[string]int64 {
	t.Helper()
	changes, err := l.AssetsSince(t.Context(), "acme", time.Unix(0, 0))
	must(t, err)
	found := map[string]int64{}
	for _, c := range changes {
		found[c.ID] = c.Version
	}
	return found
}

func TestAssetsAreListedByPageAndFilter(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for i := range 5 {
			relayed(t, l, library.Upload{ID: fmt.Sprintf("u%d", i), Subject: "ana", Filename: fmt.Sprintf("SÜMMER_%d.jpg", i)}, fmt.Sprintf("digest %d", i))
		}
		var seen []string
		q := library.AssetQuery{Channel: "acme", Limit: 2}
		for pages := 0; ; pages++ {
			page, err := l.Assets(t.Context(), q)
			must(t, err)
			for _, a := range page.Items {
				seen = append(seen, a.ID)
			}
			if q.Cursor = page.Next; page.Next == "" || pages > 5 {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("the pages hold %v, want each of 5 once", seen)
		}
		for _, c := range []struct {
			query library.AssetQuery
			want  int
		}{
			{library.AssetQuery{Channel: "acme", Limit: 10, SHA256: "digest 3"}, 1},
			{library.AssetQuery{Channel: "acme", Limit: 10, Text: "Sümmer_"}, 5},
			{library.AssetQuery{Channel: "acme", Limit: 10, Text: "mmer%4"}, 0},
			{library.AssetQuery{Channel: "acme", Limit: 10, Kind: media.KindVideo}, 0},
			{library.AssetQuery{Channel: "other", Limit: 10}, 0},
		} {
			page, err := l.Assets(t.Context(), c.query)
			if err != nil || len(page.Items) != c.want {
				t.Errorf("%+v: got %d, %v, want %d", c.query, len(page.Items), err, c.want)
			}
		}
		_, err := l.Assets(t.Context(), library.AssetQuery{Channel: "acme", Limit: 1, Cursor: "forged"})
		if !errors.Is(err, library.ErrNotFound) {
			t.Errorf("a forged cursor: got %v, want ErrNotFound", err)
		}
	})
}

func content(id, uploadID string) library.Content {
	return library.Content{
		ID: id, Channel: "acme", SHA256: "digest of " + uploadID, Type: "image/jpeg", Kind: media.KindImage, Size: 5, UploadID: uploadID,
	}
}

func recordCopy(t *testing.T, l *library.Library, c library.Content, given library.Copy) (contentID string) {
	t.Helper()
	id, err := l.RecordCopy(t.Context(), held, c, given)
	must(t, err)
	return id
}

// relayed creates an upload of bytes with a digest, and relays it.
func relayed(t *testing.T, l *library.Library, u library.Upload, digest string) library.Asset {
	t.Helper()
	u.Channel, u.Length = "acme", 5
	create(t, l, u)
	must(t, l.FinishUpload(t.Context(), u.ID, digest, nil))
	c := content("content of "+u.ID, u.ID)
	c.SHA256 = digest
	id := recordCopy(t, l, c, library.Copy{Copy: media.CopyMediaID, Value: "1", ExpiresAt: time.Now().Add(time.Hour)})
	must(t, l.CompleteUpload(t.Context(), held, u.ID, id))
	u, err := l.UploadByID(t.Context(), u.ID)
	must(t, err)
	a, err := l.Asset(t.Context(), "acme", u.AssetID)
	must(t, err)
	return a
}
