package intake_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/database"
	"mediarelay/internal/intake"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/tusproto"
)

// cost is what a request costs the database: statements, and commits by what they
// survive. A durable commit waits for the disk, a relaxed one does not.
type cost struct{ statements, relaxed, durable int }

// What each request of a client costs on SQLite, in a process that owns the database. A
// change that makes one cheaper lowers its row; a row that grows needs a reason.
func TestStatementsOfARequest(t *testing.T) {
	want := []struct {
		name string
		do   func(b *bill)
		cost
	}{
		{"creation", func(b *bill) { b.create(5) }, cost{statements: 2, relaxed: 1}},
		{"creation with a key", func(b *bill) { b.create(5, key) }, cost{statements: 3, relaxed: 1}},
		{"repeated creation", func(b *bill) { b.create(5, key) }, cost{statements: 2, relaxed: 1}},
		{"creation with the whole file", func(b *bill) { b.createWhole("hello") }, cost{statements: 4, relaxed: 1, durable: 1}},
		{"chunk in the middle", func(b *bill) { b.send(0, "he") }, cost{statements: 1}},
		{"chunk in the middle, a second later", func(b *bill) { b.later(time.Second); b.send(2, "l") }, cost{statements: 2, relaxed: 1}},
		{"offset", func(b *bill) { b.want(b.do(head(b.path)), http.StatusOK, "") }, cost{statements: 1}},
		{"last chunk", func(b *bill) { b.send(3, "lo") }, cost{statements: 3, durable: 1}},
	}
	b := newBill(t)
	for _, row := range want {
		b.clear()
		row.do(b)
		if got := b.cost(); got != row.cost {
			t.Errorf("%s: %+v, want %+v:\n%s", row.name, got, row.cost, strings.Join(b.statements, "\n"))
		}
	}
}

// bill is a harness that counts what its requests cost. Its clock stands still.
type bill struct {
	*harness
	db      *database.DB
	path    string // of the upload that was created last without its bytes
	now     time.Time
	commits map[string]int // before the request

	mu         sync.Mutex
	statements []string
}

func newBill(t *testing.T) *bill {
	b := &bill{now: time.Unix(1_800_000_000, 0)}
	var err error
	b.db, err = database.OpenExclusive(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "counted.db"), 0, database.WithTrace(b.trace))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	uploads := library.New(b.db)
	clock := func() time.Time { return b.now }
	uploads.UseClock(clock)
	uploads.UseQuota(library.Quota{Uploads: 100, Bytes: 1 << 30})
	b.harness = start(t, func(c *intake.Config) { c.Uploads, c.Leases, c.Now = uploads, lease.NewMemory(), clock })
	return b
}

// trace leaves out what the writer does by itself: probes and savepoints.
func (b *bill) trace(query string) {
	query = strings.Join(strings.Fields(query), " ")
	if verb, _, _ := strings.Cut(query, " "); slices.Contains([]string{"PRAGMA", "SAVEPOINT", "RELEASE"}, verb) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.statements = append(b.statements, query)
}

func (b *bill) clear() {
	b.mu.Lock()
	b.statements = nil
	b.mu.Unlock()
	b.commits = b.committed()
}

func (b *bill) cost() cost {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.committed()
	return cost{statements: len(b.statements), relaxed: now["relaxed"] - b.commits["relaxed"], durable: now["durable"] - b.commits["durable"]}
}

// committed is how many transactions were committed, by what they survive.
func (b *bill) committed() map[string]int {
	b.Helper()
	registry := prometheus.NewRegistry()
	b.must(registry.Register(b.db.Metrics()))
	families, err := registry.Gather()
	b.must(err)
	counts := map[string]int{}
	for _, family := range families {
		if family.GetName() != "mediarelay_database_commit_seconds" {
			continue
		}
		for _, m := range family.GetMetric() {
			counts[m.GetLabel()[0].GetValue()] = int(m.GetHistogram().GetSampleCount()) //nolint:gosec // small
		}
	}
	return counts
}

func (b *bill) later(d time.Duration) { b.now = b.now.Add(d) }

func (b *bill) create(length int, pairs ...tusproto.Pair) {
	b.Helper()
	b.path = b.harness.create(length, pairs...)
}

func (b *bill) createWhole(content string) {
	b.Helper()
	r := creation(len(content))
	r = setting(r, "Content-Type", tusproto.ContentType)
	r.body = content
	b.want(b.do(r), http.StatusCreated, "")
}

func (b *bill) send(offset int, content string) {
	b.Helper()
	b.want(b.do(patch(b.path, offset, content)), http.StatusNoContent, "")
}
