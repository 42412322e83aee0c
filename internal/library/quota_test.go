package library_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
)

func TestQuotaOfUnfinishedUploads(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		l.UseQuota(library.Quota{Uploads: 2, Bytes: 1000})
		create(t, l, sized("u1", 400))
		create(t, l, sized("u2", 500))

		wantQuotaError(t, l.CreateUpload(t.Context(), sized("u3", 1)), library.QuotaError{Limit: 2})
		for what, change := range map[string]func(*library.Upload){
			"another subject": func(u *library.Upload) { u.Subject = "bob" },
			"another channel": func(u *library.Upload) { u.Channel, u.ClientKey = "other", "" },
		} {
			other := sized("of "+what, 1000)
			change(&other)
			if err := l.CreateUpload(t.Context(), other); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		again := sized("u1 again", 400)
		again.ClientKey = "key of u1"
		if err := l.CreateUpload(t.Context(), again); !errors.Is(err, library.ErrKeyTaken) {
			t.Errorf("a repeated creation: %v, want ErrKeyTaken", err)
		}
		must(t, l.FinishUpload(t.Context(), "u1", "digest", nil))
		wantQuotaError(t, l.CreateUpload(t.Context(), sized("u4", 501)), library.QuotaError{Bytes: true, Limit: 1000})
		create(t, l, sized("u5", 500))
		must(t, l.DeleteUpload(t.Context(), "u2"))
		create(t, l, sized("u6", 1))
	})
}

// A burst of parallel creations, on Postgres by two replicas, does not exceed the quota.
func TestQuotaHoldsInABurst(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const quota, burst = 10, 60
		replicas := []*library.Library{library.New(db), library.New(db)}
		for _, l := range replicas {
			l.UseQuota(library.Quota{Uploads: quota})
		}
		var created, refused int
		var mu sync.Mutex
		var clients sync.WaitGroup
		for i := range burst {
			l := replicas[i%len(replicas)]
			clients.Go(func() {
				err := l.CreateUpload(t.Context(), sized(fmt.Sprintf("u%d", i), 1))
				mu.Lock()
				defer mu.Unlock()
				var quotaError *library.QuotaError
				switch {
				case err == nil:
					created++
				case errors.As(err, &quotaError):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		clients.Wait()
		if created != quota || refused != burst-quota {
			t.Errorf("%d created and %d refused, want %d and %d", created, refused, quota, burst-quota)
		}
	})
}

func sized(id string, length int64) library.Upload {
	u := upload(id)
	u.Length = length
	return u
}

func wantQuotaError(t *testing.T, err error, want library.QuotaError) {
	t.Helper()
	var got *library.QuotaError
	if !errors.As(err, &got) || *got != want {
		t.Errorf("got %v, want %+v", err, want)
	}
}
