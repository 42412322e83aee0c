package relay_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
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

// each runs a test with a relay between a library and the sandbox, over the real
// client of 360dialog, on SQLite and on Postgres. Every test ends with the
// oracle of end.
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

// clock is the time of what waits. It runs a hundred times as fast as the wall's,
// so that a back-off of a second takes 10 ms, and can be moved on.
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

// dialNarrow keeps the system from taking a whole file from a connection whose
// other end has read little of it: what was sent could then not be told from what
// arrived.
func dialNarrow(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = errors.Join(err, tcp.SetWriteBuffer(64<<10))
	}
	return conn, err
}

// account is a client of the sandbox, or of what stands before it.
func (h *harness) account(url string, key provider.Secret) relay.Provider {
	return dialog360.New(dialog360.Config{BaseURL: url, APIKey: key, HTTPClient: h.client})
}

// end holds for every test: each scripted fault happened, and the bytes of each
// upload that is done are at the provider as they came from the browser.
func (h *harness) end() {
	for _, fault := range h.sandbox.Faults().Unfired() {
		h.Errorf("this fault was never reached: %s", fault)
	}
	ctx := context.Background()
	done, err := h.library.Ended(ctx, h.clock.Now().Add(time.Hour), library.Cursor{}, 1000)
	h.must(err)
	for _, u := range done {
		if u.State == library.StateDone {
			asset, err := h.library.Asset(ctx, u.Channel, u.AssetID)
			h.must(err)
			h.wantAtProvider(u, asset)
		}
	}
}

func (h *harness) wantAtProvider(u library.Upload, a library.Asset) {
	h.Helper()
	for _, c := range a.Copies {
		if held := h.heldAs(c); held != u.SHA256 {
			h.Errorf("upload %s: the %s is of %q, want %q", u.ID, c.Copy, held, u.SHA256)
		}
	}
	if len(a.Copies) < len(media.Copies(u.Purposes)) {
		h.Errorf("upload %s is done with %+v", u.ID, a.Copies)
	}
}

// heldAs is the digest of the bytes that the provider has under a copy's value.
func (h *harness) heldAs(c library.Copy) string {
	if c.Copy == media.CopyMediaID {
		held, _ := h.sandbox.Media(media.MediaID(c.Value))
		return held.SHA256
	}
	for _, held := range h.sandbox.Handles() {
		if string(held.Handle) == c.Value {
			return held.SHA256
		}
	}
	return ""
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

// freeze stops the clock: what is put off stays put off. It returns its time.
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
	u := library.Upload{ID: id, Channel: channel, Subject: "ana", Length: int64(len(content)), Filename: "täst " + id + ".jpg", Purposes: purposes}
	h.must(h.library.CreateUpload(h.Context(), u))
	h.must(h.bytes.Create(h.Context(), id))
	_, err := h.bytes.Append(h.Context(), id, 0, bytes.NewReader(content))
	h.must(err)
	h.must(h.library.FinishUpload(h.Context(), id, digestOf(content), nil))
}

// script queues faults of one operation.
func (h *harness) script(op sandbox.Op, faults ...sandbox.Fault) {
	for _, fault := range faults {
		h.sandbox.Faults().Add(op, fault)
	}
}

// patience bounds every wait: the machine may be busy with other tests.
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
		case <-time.After(20 * time.Millisecond): // a channel's state sends no hint
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

func (h *harness) asset(u library.Upload) library.Asset {
	h.Helper()
	a, err := h.library.Asset(h.Context(), u.Channel, u.AssetID)
	h.must(err)
	return a
}

func (h *harness) wantCalls(op sandbox.Op, want int) {
	h.Helper()
	if got := h.sandbox.Calls(op); got != want {
		h.Errorf("%s was called %d times, want %d", op, got, want)
	}
}

// metric is the sum of a metric over its labels, or over those with a value.
func (h *harness) metric(name string, label ...string) (sum float64) {
	h.Helper()
	registry := prometheus.NewRegistry()
	h.must(registry.Register(h.metrics))
	families, err := registry.Gather()
	h.must(err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			if labelled(m.GetLabel(), label) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

// labelled reports whether a metric has a label, of a name and a value; none is
// any.
func labelled[L interface {
	GetName() string
	GetValue() string
}](labels []L, want []string) bool {
	return len(want) == 0 || slices.ContainsFunc(labels, func(l L) bool { return l.GetName() == want[0] && l.GetValue() == want[1] })
}

func (h *harness) wantMetric(name string, want float64) {
	h.Helper()
	if got := h.metric(name); got != want {
		h.Errorf("%s is %v, want %v", name, got, want)
	}
}

func (h *harness) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// picture makes a JPEG of some kilobytes that no other seed gives.
func picture(seed int) []byte { return withComments(fmt.Appendf(nil, "picture %d", seed)) }

// large makes a JPEG of 4 MB, more than the buffers of a connection hold.
func large(seed int) []byte { return long(64, seed) }

// long makes a JPEG of so many times 64 KB.
func long(times, seed int) []byte {
	const longest = 0xffff - 2
	return withComments(slices.Repeat([][]byte{make([]byte, longest), fmt.Appendf(nil, "picture %d", seed)}, times)...)
}

// withComments puts comments behind a JPEG's first two bytes.
func withComments(comments ...[]byte) []byte {
	content := slices.Clone(plain()[:2])
	for _, comment := range comments {
		content = append(content, 0xff, 0xfe)
		content = binary.BigEndian.AppendUint16(content, uint16(len(comment)+2))
		content = append(content, comment...)
	}
	return append(content, plain()[2:]...)
}

var plain = sync.OnceValue(func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i*3 + i/7)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		panic(err) // an encoder in memory does not fail
	}
	return b.Bytes()
})

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
