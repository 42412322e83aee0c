package library_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
)

func TestOneAssetHoldsBothCopies(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		soon, later := time.Now().Add(time.Hour), time.Now().Add(48*time.Hour)
		first := recordCopy(t, l, "a1", library.Copy{Copy: media.CopyMediaID, Value: "1094408688491179", ExpiresAt: later})
		second := recordCopy(t, l, "a2", library.Copy{Copy: media.CopyHandle, Value: "4:x\n4:y", ExpiresAt: soon})
		if first != "a1" || second != "a1" {
			t.Errorf("got assets %q and %q, want the same bytes to be one asset", first, second)
		}
		a, err := l.AssetByDigest(t.Context(), "acme", "digest")
		must(t, err)
		id, hasID := a.Valid(media.CopyMediaID, time.Now())
		handle, hasHandle := a.Valid(media.CopyHandle, time.Now())
		if !hasID || !hasHandle || id.Value != "1094408688491179" || handle.Value != "4:x\n4:y" {
			t.Errorf("copies: %+v", a.Copies)
		}
		if _, ok := a.Valid(media.CopyHandle, time.Now().Add(2*time.Hour)); ok {
			t.Error("a handle past its end is still valid")
		}
		recordCopy(t, l, "a3", library.Copy{Copy: media.CopyHandle, Value: "4:new", ExpiresAt: later})
		a, err = l.Asset(t.Context(), "acme", "a1")
		if handle, _ := a.Valid(media.CopyHandle, time.Now()); err != nil || handle.Value != "4:new" || len(a.Copies) != 2 {
			t.Errorf("after a new handle: %+v, %v", a.Copies, err)
		}
	})
}

func TestAssetsAreListedByPageAndFilter(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for i := range 5 {
			a := asset(fmt.Sprintf("a%d", i), fmt.Sprintf("digest %d", i))
			a.Filename = fmt.Sprintf("SÜMMER_%d.jpg", i)
			_, err := l.RecordCopy(t.Context(), held, a, library.Copy{Copy: media.CopyMediaID, Value: "1", ExpiresAt: time.Now()})
			must(t, err)
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

func asset(id, digest string) library.Asset {
	return library.Asset{
		ID: id, Channel: "acme", SHA256: digest, Filename: "x.jpg", Type: "image/jpeg", Kind: media.KindImage, Size: 5,
		UploadID: "u1", CreatedBy: "ana",
	}
}

func recordCopy(t *testing.T, l *library.Library, assetID string, c library.Copy) string {
	t.Helper()
	id, err := l.RecordCopy(t.Context(), held, asset(assetID, "digest"), c)
	must(t, err)
	return id
}
