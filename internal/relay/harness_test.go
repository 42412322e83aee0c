package relay_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/provider/dialog360"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/store"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(io.MultiWriter(os.Stderr, &logs), nil)))
	// toxiproxy leaves behind who reads and writes for a link that a toxic has closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"))
}

// each runs a test with a relay between a library and the sandbox, through the real
// client of 360dialog, on SQLite and on Postgres. Every test ends with the checks of
// end.
func each(t *testing.T, test func(h *harness)) {
	t.Helper()
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Parallel()
		test(start(t, db))
	})
}

type harness struct {
	*testing.T
	db      *database.DB
	library *library.Library
	bytes   *store.Folder
	keeper  *lease.Keeper
	sandbox *sandbox.Server
	url     string // of the sandbox
	client  *http.Client
	clock   *clock
	metrics *relay.Metrics
	config  relay.Config
	running *relay.Relay // the last one that was started
}

// clock is the time of waits. It runs a hundred times as fast as the wall clock, so that
// a back-off of a second takes 10 ms, and can be advanced.
type clock struct {
	began time.Time
	moved atomic.Int64
}

const haste = 100

func (c *clock) Now() time.Time {
	return c.began.Add(haste*time.Since(c.began) + time.Duration(c.moved.Load()))
}

func (c *clock) advance(d time.Duration) { c.moved.Add(int64(d)) }

const (
	key      = "key-of-acme"
	otherKey = "key-of-other"
)

// channels of every harness, each a phone number of its own at the sandbox.
var channels = map[string]provider.Secret{"acme": key, "other": otherKey}

func start(t *testing.T, db *database.DB) *harness {
	t.Helper()
	h := &harness{T: t, db: db, library: library.New(db), keeper: lease.NewKeeper(db), clock: &clock{began: time.Now()}}
	h.library.UseClock(h.clock.Now)
	h.run(h.keeper.Run)
	var err error
	h.bytes, err = store.OpenFolder(t.TempDir())
	h.must(err)
	h.sandbox, err = sandbox.New(sandbox.Config{Dir: t.TempDir(), APIKeys: []string{key, otherKey}})
	h.must(err)
	server := httptest.NewServer(h.sandbox)
	h.url, h.client = server.URL, &http.Client{Transport: &http.Transport{DialContext: dialNarrow}}
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		server.Close()
		h.must(h.sandbox.Close())
		h.end()
	})
	h.metrics = relay.NewMetrics(h.library)
	h.config = relay.Config{
		Library: h.library, Bytes: h.bytes, Leases: h.keeper, Limits: limit.New(db, nil), Metrics: h.metrics,
		EarlySends: -1, Providers: map[string]relay.Provider{}, Drain: 100 * time.Millisecond, Poll: 5 * time.Millisecond, Now: h.clock.Now,
	}
	for channel, key := range channels {
		h.config.Providers[channel] = h.account(h.url, key)
	}
	return h
}

// dialNarrow keeps the system from buffering a whole file for a peer that has read
// little of it: then what was sent would say nothing about what arrived.
func dialNarrow(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = errors.Join(err, tcp.SetWriteBuffer(64<<10))
	}
	return conn, err
}

// account is a client of the sandbox, or of a proxy in front of it.
func (h *harness) account(url string, key provider.Secret) relay.Provider {
	return dialog360.New(dialog360.Config{BaseURL: url, APIKey: key, HTTPClient: h.client})
}

// breakRecords makes every record of a copy fail until mendRecords.
func (h *harness) breakRecords() error { return h.rename("copies", "copies_away") }
func (h *harness) mendRecords() error  { return h.rename("copies_away", "copies") }

func (h *harness) rename(from, to string) error {
	return h.exec("ALTER TABLE " + from + " RENAME TO " + to)
}

func (h *harness) exec(statement string, args ...any) error {
	return h.db.Durable(h.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(h.Context(), statement, args...)
		return err
	})
}

// freeze stops the clock, so that waits do not end. It returns its time.
func (h *harness) freeze() time.Time {
	now := h.clock.Now()
	h.config.Now = func() time.Time { return now }
	h.library.UseClock(h.config.Now)
	return now
}

// run runs f until the test ends or the returned stop is called.
func (h *harness) run(f func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { f(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	h.Cleanup(stop)
	return stop
}

func (h *harness) relay() (stop func()) {
	h.running = relay.New(h.config)
	return h.run(h.running.Run)
}

// finish stores content as an upload of channel acme whose last byte has arrived.
func (h *harness) finish(id string, content []byte, purposes ...media.Purpose) {
	h.Helper()
	h.finishIn("acme", id, content, purposes...)
}

func (h *harness) finishIn(channel, id string, content []byte, purposes ...media.Purpose) {
	h.Helper()
	h.store(channel, id, content, purposes...)
	h.must(h.library.FinishUpload(h.Context(), id, digestOf(content), nil))
}

// finishAs is finish for stored bytes that have changed since their digest was taken.
func (h *harness) finishAs(id string, content []byte, digest string, purposes ...media.Purpose) {
	h.Helper()
	h.store("acme", id, content, purposes...)
	h.must(h.library.FinishUpload(h.Context(), id, digest, nil))
}

func (h *harness) store(channel, id string, content []byte, purposes ...media.Purpose) {
	h.Helper()
	u := library.Upload{ID: id, Channel: channel, Subject: "ana", Length: int64(len(content)), Filename: "täst " + id + ".jpg", Purposes: purposes}
	h.must(h.library.CreateUpload(h.Context(), u))
	h.must(h.bytes.Create(h.Context(), id))
	_, err := h.bytes.Append(h.Context(), id, 0, bytes.NewReader(content))
	h.must(err)
}

// script queues faults of one operation.
func (h *harness) script(op sandbox.Op, faults ...sandbox.Fault) {
	for _, fault := range faults {
		h.sandbox.Faults().Add(op, fault)
	}
}

// patience bounds every wait; the machine may be busy with other tests.
const patience = time.Minute

// await waits until the upload satisfies a condition.
func (h *harness) await(id, what string, met func(library.Upload) bool) library.Upload {
	h.Helper()
	changes, stop := h.library.Subscribe(id)
	defer stop()
	deadline := time.After(patience)
	for {
		u, err := h.library.UploadByID(h.Context(), id)
		h.must(err)
		if met(u) {
			return u
		}
		select {
		case <-changes:
		case <-time.After(20 * time.Millisecond): // a channel's state sends no notification
		case <-deadline:
			h.Fatalf("upload %s never came to %s; it is %s, problem %+v", id, what, u.State, u.Problem)
		}
	}
}

func (h *harness) awaitState(id string, want library.State) library.Upload {
	h.Helper()
	return h.await(id, string(want), func(u library.Upload) bool { return u.State == want })
}

func (h *harness) awaitProblem(id string) library.Problem {
	h.Helper()
	return *h.await(id, "a problem", func(u library.Upload) bool { return u.Problem != nil }).Problem
}

func (h *harness) awaitFired(fault *sandbox.Scripted) {
	h.Helper()
	select {
	case <-fault.Fired():
	case <-time.After(patience):
		h.Fatal("the provider was never asked")
	}
}
