package httpapi_test

import (
	"database/sql"
	"fmt"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/database"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/library"
)

// 500 streams of 50 subjects beside 100,000 uploads that have ended: what a change costs
// until all ten streams of its subject have told it, and what the streams cost while nothing
// happens.
func BenchmarkFiveHundredStreams(b *testing.B) {
	const subjects, tabs, ended = 50, 10, 100_000
	db, err := database.Open(b.Context(), "sqlite:"+b.TempDir()+"/bench.db")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	fill(b, db, subjects, ended)
	benchmarkStreams(b, db, subjects, tabs)
}

func fill(b *testing.B, db *database.DB, subjects, ended int) {
	b.Helper()
	old := time.Now().Add(-48 * time.Hour).UnixMilli()
	err := db.Durable(b.Context(), func(tx *sql.Tx) error {
		for i := range ended {
			_, err := tx.ExecContext(b.Context(), `INSERT INTO uploads (id, channel, subject, length, metadata, filename, declared_type, kind,
				kinds, purposes, declared_sha256, state, created_at, touched_at)
				VALUES ($1, 'acme', $2, 1000, '', 'f', '', '', '', 'message', '', 'failed', $3, $4)`,
				fmt.Sprintf("old%d", i), fmt.Sprintf("s%d", i%subjects), old+int64(i), old+int64(i))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func benchmarkStreams(b *testing.B, db *database.DB, subjects, tabs int) {
	w := newFeedWorld(b, db, func(c *httpapi.Config) {
		claims := tokens{}
		for i := range subjects {
			s := fmt.Sprintf("s%d", i)
			claims[s] = auth.Claims{Subject: s, Channel: "acme", Scopes: []string{"upload", "assets:read"}, ExpiresAt: time.Now().Add(time.Hour)}
		}
		c.Verifier = claims
	})
	var all []*watcher
	for i := range subjects {
		for range tabs {
			s := w.follow(fmt.Sprintf("s%d", i))
			s.wantsExactly("ready")
			all = append(all, s)
		}
	}
	before := cpu()
	const idle = 5 * time.Second
	time.Sleep(idle) // what is measured
	b.ResetTimer()   // removes metrics too
	b.ReportMetric(100*float64(cpu()-before)/float64(idle), "idle-%cpu")
	for i := range b.N {
		subject := i % subjects
		id := fmt.Sprintf("new%d", i)
		if err := w.CreateUpload(b.Context(), library.Upload{ID: id, Channel: "acme", Subject: fmt.Sprintf("s%d", subject), ClientKey: id, Length: 1}); err != nil {
			b.Fatal(err)
		}
		for _, s := range all[subject*tabs : (subject+1)*tabs] {
			s.wants("upload " + id + " uploading")
		}
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
