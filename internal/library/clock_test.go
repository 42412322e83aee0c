package library_test

import (
	"testing"
	"time"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
)

func TestRelaysWaitByTheDatabasesClock(t *testing.T) {
	db := databasetest.SQLite(t)
	now := time.Unix(1_800_000_000, 0)
	db.UseWallClock(func() time.Time { return now })
	l := library.New(db)
	finished(t, l, "u1")
	fail(t, l, failed(0, time.Minute))
	now = now.Add(time.Minute)
	if due := dueRelays(t, l); len(due) != 1 {
		t.Errorf("due: %+v, want the one", due)
	}
}

// Replicas take the database's word for the time: what one stops or puts off
// rests for the other as long, and no longer.
func TestAReplicaWhoseClockIsWrongStopsAChannelForItsTime(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			dbRight, dbWrong := databasetest.Apart(t, by)
			right, wrong := library.New(dbRight), library.New(dbWrong)
			finished(t, right, "u1")
			f := failed(0, time.Minute)
			f.Began = dbWrong.Now()
			fail(t, wrong, f)
			for name, l := range map[string]*library.Library{"right": right, "wrong": wrong} {
				if due := dueRelays(t, l); len(due) != 0 {
					t.Errorf("the %s one finds a relay of a channel at rest", name)
				}
			}
			closed, err := right.CloseCircuit(t.Context(), "acme", dbRight.Now().Add(time.Second))
			must(t, err)
			if due := dueRelays(t, wrong); !closed || len(due) != 1 || due[0].Probe {
				t.Errorf("after a success: closed %v, due %+v", closed, due)
			}
		})
	}
}
