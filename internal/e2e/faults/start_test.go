package faults

import (
	"strings"
	"testing"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/e2e/stage"
)

// Two processes that start at once on an empty database migrate it once.
func TestTwoProcessesStartAtOnce(t *testing.T) {
	t.Parallel()
	one := stage.NewProcess(t)
	one.Env["MEDIARELAY_DATABASE_URL"] = databasetest.PostgresURL(t)
	two := one.Replica()
	said := []string{}
	lines := []interface {
		Scan() bool
		Text() string
	}{one.Spawn(), two.Spawn()}
	for _, line := range lines {
		line.Scan()
		said = append(said, line.Text())
	}
	for n, i := range []*stage.Process{one, two} {
		address, ok := strings.CutPrefix(said[n], "Mediarelay listens on http://")
		if !ok {
			t.Fatalf("process %d said %q: %s", n, said[n], i.ServerLog.Tail())
		}
		i.Address = address
		i.WantDone(jpegFiles(t, 1, 100_000)) // the second process finds the file of the first
	}
}
