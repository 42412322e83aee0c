package faults

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// BenchmarkIdleWithABacklog measures the share of a core that an idle server uses: alone,
// with 20,000 uploads that nobody continues, and with 8,000 relays of a channel that is
// paused.
func BenchmarkIdleWithABacklog(b *testing.B) {
	for _, backlog := range []struct{ uploads, relays int }{{0, 0}, {20_000, 0}, {0, 8_000}} {
		b.Run(fmt.Sprintf("%d uploads and %d relays", backlog.uploads, backlog.relays), func(b *testing.B) {
			i := stage.NewProcess(b)
			i.Start() // creates the tables and the folder
			i.Signal(syscall.SIGTERM)
			addBacklog(i, backlog.uploads, backlog.relays)
			i.Start()
			<-time.After(5 * time.Second)   // the start looks at everything once
			const period = 25 * time.Second // two passes of the reconciler
			for b.Loop() {
				before := processorTime(b, i.Command.Process.Pid)
				<-time.After(period)
				used := processorTime(b, i.Command.Process.Pid) - before
				b.ReportMetric(100*used.Seconds()/period.Seconds(), "%core")
			}
		})
	}
}

// addBacklog writes the rows and files of a stopped server.
func addBacklog(i *stage.Process, uploads, relays int) {
	i.Helper()
	db := i.SQLite("mode=rw")
	defer db.Close()
	now := time.Now().UnixMilli()
	for _, statement := range []string{
		fmt.Sprintf(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d)
			INSERT INTO uploads (id, channel, subject, length, metadata, filename, declared_type, kind, kinds, purposes, declared_sha256, state, created_at, touched_at)
			SELECT printf('%%032x', n), '%s', 'ana', 100, '', 'a.jpg', '', '', '', 'message', '', iif(n <= %d, 'uploading', 'checking'), %d, %d - n FROM n WHERE n <= %d`,
			max(1, uploads+relays), stage.Channel, uploads, now, now, uploads+relays),
		fmt.Sprintf(`INSERT INTO relays (upload_id, channel, sha256, is_open, next_at, created_at)
			SELECT id, channel, id, 1, %d, %d FROM uploads WHERE state = 'checking'`, now, now),
		fmt.Sprintf("INSERT INTO circuits (channel, failures, cause, opened_at, probe_at) SELECT '%s', 5, 'unavailable', %d, %d WHERE %d > 0",
			stage.Channel, now, now+15*time.Minute.Milliseconds(), relays),
	} {
		_, err := db.ExecContext(context.Background(), statement)
		i.Must(err)
	}
	for n := range uploads {
		i.Must(os.WriteFile(filepath.Join(i.DataDir, "uploads", fmt.Sprintf("%032x", n+1)), nil, 0o600))
	}
}

// processorTime is the time that a process has used so far.
//
// Source: proc(5), /proc/pid/stat, fields 14 and 15, in hundredths of a second.
func processorTime(t testing.TB, pid int) (used time.Duration) {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	for _, field := range fields[11:13] {
		ticks, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		used += time.Duration(ticks) * 10 * time.Millisecond
	}
	return used
}
