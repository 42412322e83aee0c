package attacks

import (
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/e2e/stage"
)

// openUploads is the default of MEDIARELAY_QUOTA_OPEN_UPLOADS.
const openUploads = 100

// creations is how many uploads one token tries to create.
func creations() int {
	if os.Getenv("MEDIARELAY_TEST_LONG") != "" {
		return 20_000
	}
	return 2_000
}

// One token creates as many uploads as it can. It gets as many as its quota, and nobody
// else notices.
func TestOneTokenCreatesUploadsWithoutEnd(t *testing.T) {
	t.Parallel()
	i := startLimited(t, nil)
	attacker := newClient(i, stage.Channel, "eve")
	path := createMany(t, creations(), attacker)

	for _, other := range []*client{newClient(i, stage.Channel, "ana"), newClient(i, otherChannel, "eve")} {
		r, err := other.create(10, nil)
		want(t, r, err, http.StatusCreated, "")
	}
	r, err := attacker.create(10, nil)
	want(t, r, err, http.StatusTooManyRequests, `"code":"quota_exceeded"`)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r, err = attacker.do(http.MethodDelete, path, nil)
	want(t, r, err, http.StatusNoContent, "")
	r, err = attacker.create(10, nil)
	want(t, r, err, http.StatusCreated, "")
}

// The quota holds for two replicas on Postgres together.
func TestOneTokenCreatesUploadsOnTwoReplicas(t *testing.T) {
	t.Parallel()
	i := startLimited(t, map[string]string{"MEDIARELAY_DATABASE_URL": databasetest.PostgresURL(t)})
	other := i.Replica()
	other.Start()
	createMany(t, 10*openUploads, newClient(i, stage.Channel, "eve"), newClient(other, stage.Channel, "eve"))
}

// createMany creates uploads in parallel and wants as many as the quota. It returns the
// path of one.
func createMany(t *testing.T, tries int, clients ...*client) (path string) {
	t.Helper()
	var created, refused, next atomic.Int64
	var last atomic.Value
	var workers sync.WaitGroup
	for n := range 32 {
		c := clients[n%len(clients)]
		workers.Go(func() {
			for next.Add(1) <= int64(tries) {
				r, err := c.create(1000, nil)
				switch {
				case err == nil && r.status == http.StatusCreated:
					created.Add(1)
					last.Store(r.header.Get("Location"))
				case err == nil && r.status == http.StatusTooManyRequests:
					refused.Add(1)
				default:
					t.Errorf("got %v, %v", r, err)
				}
			}
		})
	}
	workers.Wait()
	if created.Load() != openUploads || refused.Load() != int64(tries)-openUploads {
		t.Fatalf("%d created, %d refused, want %d of %d", created.Load(), refused.Load(), openUploads, tries)
	}
	return last.Load().(string)
}

// A creation that is repeated with its key counts once.
func TestARepeatedCreationCountsOnce(t *testing.T) {
	t.Parallel()
	i := startLimited(t, map[string]string{"MEDIARELAY_QUOTA_OPEN_UPLOADS": "2"})
	c := newClient(i, stage.Channel, "ana")
	var workers sync.WaitGroup
	for range 20 {
		workers.Go(func() {
			r, err := c.create(1000, nil, "key", "k")
			if err != nil || r.status != http.StatusCreated && r.status != http.StatusLocked {
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	workers.Wait()
	r, err := c.create(1000, nil)
	want(t, r, err, http.StatusCreated, "")
	r, err = c.create(1000, nil)
	want(t, r, err, http.StatusTooManyRequests, "quota_exceeded")
}
