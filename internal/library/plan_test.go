package library_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/library"
)

// What is read while nothing happens is read by an index, in its order: neither every row
// that waits, nor a sort of them.
func TestIdleQueriesReadAnIndex(t *testing.T) {
	type query struct {
		name, index string
		bounds      int // the columns that bound the range
		build       func() (string, []any)
	}
	queries := []query{
		{"channels with due relays", "relays_open", 1, library.DueChannelsQuery},
		{"subjects with due relays", "relays_open", 1, library.DueSubjectsQuery},
		{"unfinished uploads", "uploads_unfinished", 1, func() (string, []any) { return library.SilentQuery(false) }},
		{"ended uploads", "uploads_ended", 1, func() (string, []any) { return library.SilentQuery(true) }},
	}
	for _, past := range []bool{true, false} {
		for _, leases := range []bool{true, false} {
			queries = append(queries, query{
				fmt.Sprintf("due relays, past %v, leases %v", past, leases), "relays_open", 3,
				func() (string, []any) { return library.DueQuery(past, leases) },
			})
		}
	}
	each(t, func(t *testing.T, l *library.Library) {
		for _, q := range queries {
			text, args := q.build()
			plan := explain(t, l, text, args)
			t.Logf("%s:\n%s", q.name, plan)
			if !readsIndex(plan, q.index, q.bounds) {
				t.Errorf("%s: the plan does not read a range of %s by %d columns, or more than that:\n%s", q.name, q.index, q.bounds, plan)
			}
		}
	})
}

var (
	// A scan of a common table expression or of channels, of which there are few.
	smallScan = regexp.MustCompile(`SCAN (waiting|due)$`)
	sort      = regexp.MustCompile(`USE TEMP B-TREE|Sort`)
	fullScan  = regexp.MustCompile(`SCAN|Seq Scan on (uploads|relays)`)
	bounds    = regexp.MustCompile(`\w+[<>=]`)
)

func readsIndex(plan, index string, columns int) bool {
	found := false
	for line := range strings.Lines(plan) {
		line = strings.TrimSpace(line)
		if fullScan.MatchString(line) && !smallScan.MatchString(line) || sort.MatchString(line) {
			return false
		}
		if _, rest, ok := strings.Cut(line, "USING INDEX "+index); ok {
			found = found || len(bounds.FindAllString(rest, -1)) >= columns
		}
		if _, rest, ok := strings.Cut(line, "USING COVERING INDEX "+index); ok {
			found = found || len(bounds.FindAllString(rest, -1)) >= columns || rest == ""
		}
		found = found || strings.Contains(line, index+" on ")
	}
	return found
}

// A stream of events costs what has changed, however many uploads there are.
func TestFeedQueriesReadIndexes(t *testing.T) {
	since, assets, open, active, ended := library.RecentQueries()
	each(t, func(t *testing.T, l *library.Library) {
		for _, q := range []struct {
			name, text string
			args       []any
			indexes    []string
		}{
			{"changed uploads", since, []any{1, 1, 1, 1, 1}, []string{"uploads_(unfinished|open)", "uploads_active", "uploads_ended", "relays_open"}},
			{"changed assets", assets, []any{1}, []string{"assets_changed"}},
			{"uploads of a subject that receive bytes", open, []any{"acme", "ana", 1, 500}, []string{"uploads_open"}},
			{"uploads of a subject that are relayed", active, []any{"acme", "ana", 1, 1, 500}, []string{"relays_open"}},
			{"uploads of a subject that have ended", ended, []any{"acme", "ana", 1, "", 200}, []string{"uploads_recent"}},
		} {
			// The table has one row for each channel.
			plan := strings.ReplaceAll(explain(t, l, q.text, q.args), "SCAN channel_changes", "")
			for _, index := range q.indexes {
				if !regexp.MustCompile(index).MatchString(plan) || fullScan.MatchString(plan) {
					t.Errorf("%s: the plan does not read %s, or reads a whole table:\n%s", q.name, index, plan)
				}
			}
		}
	})
}

// explain returns the engine's plan, on Postgres as if the table were large.
func explain(t *testing.T, l *library.Library, query string, args []any) string {
	t.Helper()
	conn, err := l.Database().Read().Conn(t.Context())
	must(t, err)
	defer func() { must(t, conn.Close()) }()
	prefix := "EXPLAIN QUERY PLAN "
	if l.Database().Shared() {
		prefix = "EXPLAIN "
		_, err := conn.ExecContext(t.Context(), "SET enable_seqscan = off; SET enable_bitmapscan = off")
		must(t, err)
		defer func() { _, _ = conn.ExecContext(context.Background(), "RESET ALL") }()
	}
	rows, err := conn.QueryContext(t.Context(), prefix+query, args...)
	must(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		into := []any{&line}
		if !l.Database().Shared() {
			into = []any{new(any), new(any), new(any), &line}
		}
		must(t, rows.Scan(into...))
		plan.WriteString(line + "\n")
	}
	must(t, rows.Err())
	return plan.String()
}
