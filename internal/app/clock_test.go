package app_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/e2e/stage"
)

// Every wait, pause and expiry uses the database's clock, which on Postgres is another
// than the host's.
func TestEveryPartUsesTheDatabaseClock(t *testing.T) {
	cfg := loadChannels(t, emulateAll(t))
	const ahead = 100 * 24 * time.Hour
	var later atomic.Int64
	began := time.Now()
	steady := func() time.Duration { return time.Since(began) + time.Duration(later.Load()) }
	wall := func() time.Time { return began.Add(ahead + steady()) }
	a, s := assembled(t, cfg, database.WithHostClock(wall, steady))

	begun, text := s.Do(http.MethodPost, s.URL+"/files/", nil, map[string]string{"Upload-Length": "1000"})
	expires, err := http.ParseTime(begun.Header.Get("Upload-Expires"))
	if err != nil || time.Until(expires) < ahead {
		t.Errorf("intake: an upload expires at %v (%v %s), want a time after the database's", expires, err, text)
	}
	id := filepath.Base(s.CreateFor("message", stage.Photo(t)))
	s.Do(http.MethodGet, s.URL+"/v1/uploads/"+id+"/events", nil, nil) // waits for the end
	var created, ends, next int64
	err = errors.Join(
		a.Database().Read().QueryRowContext(t.Context(), "SELECT created_at, expires_at FROM copies").Scan(&created, &ends),
		a.Database().Read().QueryRowContext(t.Context(), "SELECT next_at FROM relays").Scan(&next))
	if err != nil {
		t.Fatal(err)
	}
	for what, at := range map[string]int64{"library: a copy's creation": created, "relay: a copy's end": ends, "relay: the next attempt": next} {
		if early := time.Until(time.UnixMilli(at).Add(time.Minute)); early < ahead {
			t.Errorf("%s is %v from now, want it by the database's clock", what, early)
		}
	}
	_, before := s.Do(http.MethodGet, s.URL+"/v1/assets", nil, nil)
	later.Store(int64(40 * 24 * time.Hour)) // longer than a copy lives
	_, after := s.Do(http.MethodGet, s.URL+"/v1/assets", nil, nil)
	if shown := `"media_id":`; !strings.Contains(before, shown) || strings.Contains(after, shown) {
		t.Errorf("httpapi shows %s, and when the copy has ended %s", before, after)
	}
}
