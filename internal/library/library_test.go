package library_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// ana owns the uploads that upload makes.
var ana = library.Caller{Channel: "acme", Subject: "ana"}

// each runs a test of the library on SQLite and on Postgres.
func each(t *testing.T, test func(t *testing.T, l *library.Library)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(t, library.New(db)) })
}

// leaseCheck is a lease that is held, or one that is lost.
type leaseCheck struct{ err error }

func (f leaseCheck) Check(context.Context, *sql.Tx) error { return f.err }

var held = leaseCheck{}

func TestAnUploadIsPersistedWhole(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		want := library.Upload{
			ID: "u1", Channel: "acme", Subject: "ana", ClientKey: "k", Length: 5, Metadata: "filename YQ==",
			Filename: "a", DeclaredType: "image/png", Kind: media.KindImage, Kinds: []media.Kind{media.KindImage, media.KindVideo},
			Purposes: []media.Purpose{media.PurposeMessage, media.PurposeTemplate}, DeclaredSHA256: "abc",
		}
		create(t, l, want)
		got, err := l.Upload(t.Context(), ana, "u1")
		if err != nil {
			t.Fatal(err)
		}
		if got.State != library.StateUploading || got.CreatedAt.IsZero() || got.TouchedAt.IsZero() {
			t.Errorf("got state %q, times %v and %v", got.State, got.CreatedAt, got.TouchedAt)
		}
		want.State, want.Version, want.CreatedAt, want.TouchedAt = got.State, got.Version, got.CreatedAt, got.TouchedAt
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

func TestStrangersFindNothing(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, upload("u1"))
		for name, stranger := range map[string]library.Caller{
			"another subject":              {Channel: "acme", Subject: "bob"},
			"no subject":                   {Channel: "acme"},
			"another channel":              {Channel: "other", Subject: "ana"},
			"another channel, any subject": {Channel: "other", Subject: "ana", AnySubject: true},
		} {
			_, uploadErr := l.Upload(t.Context(), stranger, "u1")
			retryErr := l.RetryUpload(t.Context(), stranger, "u1")
			_, keyErr := l.UploadByKey(t.Context(), stranger.Channel, stranger.Subject, "key of u1")
			for what, err := range map[string]error{"upload": uploadErr, "retry": retryErr, "key": keyErr} {
				if !errors.Is(err, library.ErrNotFound) {
					t.Errorf("%s, %s: got %v, want ErrNotFound", name, what, err)
				}
			}
		}
		support := library.Caller{Channel: "acme", Subject: "support", AnySubject: true}
		if u, err := l.Upload(t.Context(), support, "u1"); err != nil || u.Subject != "ana" {
			t.Errorf("support finds an upload of %q, %v, want that of ana", u.Subject, err)
		}
	})
}

func TestAClientKeyNamesOneUploadOfASubject(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, upload("u1"))
		again, elsewhere, without, ofBob := upload("u2"), upload("u3"), upload("u4"), upload("u6")
		again.ClientKey, elsewhere.ClientKey, without.ClientKey, ofBob.ClientKey = "key of u1", "key of u1", "", "key of u1"
		elsewhere.Channel, ofBob.Subject = "other", "bob"
		if err := l.CreateUpload(t.Context(), again); !errors.Is(err, library.ErrKeyTaken) {
			t.Errorf("got %v, want ErrKeyTaken", err)
		}
		create(t, l, elsewhere)
		create(t, l, ofBob)
		create(t, l, without)
		without.ID = "u5"
		create(t, l, without)
		for subject, want := range map[string]string{"ana": "u1", "bob": "u6"} {
			if u, err := l.UploadByKey(t.Context(), "acme", subject, "key of u1"); err != nil || u.ID != want {
				t.Errorf("%s: got %q, %v, want %s", subject, u.ID, err, want)
			}
		}
	})
}

func TestFinishingTwiceOpensOneRelay(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, upload("u1"))
		changes, stop := l.Subscribe("u1")
		defer stop()
		for range 2 {
			if err := l.FinishUpload(t.Context(), "u1", "digest", nil); err != nil {
				t.Fatal(err)
			}
		}
		wantState(t, l, "u1", library.StateChecking)
		due := dueRelays(t, l)
		if len(due) != 1 || due[0].UploadID != "u1" || due[0].SHA256 != "digest" {
			t.Errorf("due: %+v", due)
		}
		await(t, changes, "the subscriber to hear of it")
		await(t, l.Work(), "the workers to hear of it")
		if err := l.FinishUpload(t.Context(), "nobody", "digest", nil); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestADigestMismatchIsFinal(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, upload("u1"))
		must(t, l.FinishUpload(t.Context(), "u1", "digest", &library.Problem{Reason: reason.Reason{Code: reason.DigestMismatch}}))
		if err := l.RetryUpload(t.Context(), ana, "u1"); !errors.Is(err, library.ErrFinal) {
			t.Errorf("retry: got %v, want ErrFinal", err)
		}
		u := wantState(t, l, "u1", library.StateFailed)
		if u.Problem == nil || u.Problem.Reason.Code != reason.DigestMismatch || u.Verdict != nil {
			t.Errorf("problem %+v, verdict %+v", u.Problem, u.Verdict)
		}
		if due := dueRelays(t, l); len(due) != 0 {
			t.Errorf("due: %+v", due)
		}
	})
}

func TestAnUploadThatIsBeingRelayedIsNotDeleted(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		finished(t, l, "u1")
		if err := l.DeleteUpload(t.Context(), "u1"); !errors.Is(err, library.ErrState) {
			t.Errorf("got %v, want ErrState", err)
		}
		if err := l.DeleteUpload(t.Context(), "nobody"); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestSilentUploadsAreListedForSweeping(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		create(t, l, upload("open"))
		finished(t, l, "ended")
		must(t, l.FailUpload(t.Context(), held, "ended", library.Problem{}))
		before, after := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		for what, list := range map[string]func(time.Time) ([]library.Upload, error){
			"open": func(at time.Time) ([]library.Upload, error) {
				return l.Unfinished(t.Context(), at, library.Cursor{}, 10)
			},
			"ended": func(at time.Time) ([]library.Upload, error) { return l.Ended(t.Context(), at, library.Cursor{}, 10) },
		} {
			none, err1 := list(before)
			one, err2 := list(after)
			if errors.Join(err1, err2) != nil || len(none) != 0 || len(one) != 1 || one[0].ID != what {
				t.Errorf("%s: got %+v and %+v, %v", what, none, one, errors.Join(err1, err2))
			}
		}
		open, err := l.Unfinished(t.Context(), after, library.Cursor{}, 10)
		must(t, err)
		if next, err := l.Unfinished(t.Context(), after, open[0].Cursor(), 10); err != nil || len(next) != 0 {
			t.Errorf("behind the last there is %+v, %v", next, err)
		}
		must(t, l.DeleteUpload(t.Context(), "ended"))
		if _, err := l.UploadByID(t.Context(), "ended"); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func upload(id string) library.Upload {
	return library.Upload{
		ID: id, Channel: "acme", Subject: "ana", ClientKey: "key of " + id, Length: 5, Filename: id + ".jpg",
		Purposes: []media.Purpose{media.PurposeMessage},
	}
}

func create(t *testing.T, l *library.Library, u library.Upload) {
	t.Helper()
	must(t, l.CreateUpload(t.Context(), u))
}

func finished(t *testing.T, l *library.Library, id string) {
	t.Helper()
	create(t, l, upload(id))
	must(t, l.FinishUpload(t.Context(), id, "digest of "+id, nil))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantState(t *testing.T, l *library.Library, id string, want library.State) library.Upload {
	t.Helper()
	u, err := l.UploadByID(t.Context(), id)
	if err != nil || u.State != want {
		t.Errorf("upload %s: state %q, %v, want %q", id, u.State, err, want)
	}
	return u
}

func dueRelays(t *testing.T, l *library.Library) []library.Relay {
	t.Helper()
	due, err := l.DueRelays(t.Context(), func(string) library.Capacity { return library.Capacity{Free: 10} })
	must(t, err)
	return due
}

func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("waited in vain for " + what)
	}
}
