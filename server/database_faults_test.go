package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"mediarelay/internal/database/databasetest"
)

// Databases that are locked, or whose line breaks.

// D1: another process holds the lock of the SQLite file for ten seconds. What
// must be remembered is refused for a while, never half done: a whole file is
// either not acknowledged or on its way.
func TestALockedDatabaseIsWaitedFor(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.start()
	files := pictures(t, 6, 100_000)
	f := files[0]
	i.must(i.createUpload(t.Context(), f))

	db := i.sqlite("_txlock=immediate")
	defer db.Close()
	lock, err := db.BeginTx(t.Context(), nil)
	i.must(err)
	const held = 10 * time.Second
	unlocked := time.AfterFunc(held, func() { _ = lock.Rollback() })
	defer unlocked.Stop()

	began := time.Now()
	_, err = i.patch(t.Context(), f, 0)
	if took := time.Since(began); took < held && err == nil {
		t.Errorf("the last byte was acknowledged after %v, and nobody could remember it", took)
	}
	if err != nil {
		wantPassing(t, err)
	}
	if status, _ := i.admin("/readyz"); time.Since(began) < held && status != http.StatusServiceUnavailable {
		t.Errorf("a server whose database takes nothing says of its readiness %d", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*within)
	defer cancel()
	i.wantRelayed(i.carry(ctx, files))
}

// wantPassing wants an answer that clients wait out.
func wantPassing(t *testing.T, err error) {
	t.Helper()
	for _, status := range []string{"503 ", "423 "} {
		if strings.HasPrefix(err.Error(), status) {
			return
		}
	}
	t.Errorf("got %v, want 503 or 423", err)
}

// D3: the line to Postgres breaks again and again, in the middle of transactions
// and between a commit and its answer. Each file is relayed once.
func TestALineToPostgresThatBreaksLosesNothing(t *testing.T) {
	t.Parallel()
	i, line := behindALine(t)
	i.start()
	files := pictures(t, 8, 300_000)
	ctx, cancel := context.WithTimeout(t.Context(), 4*within)
	defer cancel()
	ends := make(chan map[*sent]upload)
	go func() { ends <- i.carry(ctx, files) }()

	line.cutEvery.Store(5)
	for line.cuts.Load() < 10 && ctx.Err() == nil {
		line.reset()
		<-time.After(300 * time.Millisecond)
	}
	line.cutEvery.Store(0)
	carried := <-ends
	if cuts := line.cuts.Load(); cuts < 10 {
		t.Errorf("%d commits lost their answer, want 10", cuts)
	}
	media := map[string]int{}
	for _, object := range i.sandbox.AllMedia() {
		media[object.SHA256]++
	}
	orphans := 0
	for f, u := range carried {
		digest := digestOf(f.content)
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != digest {
			t.Errorf("%s ended as %+v", f.name, u)
		}
		orphans += media[digest] - 1
	}
	told := i.told()
	t.Logf("%d commits lost their answer; %d objects without a use, %d told of", line.cuts.Load(), orphans, told)
	if orphans > told {
		t.Errorf("%d objects without a use, %d told of", orphans, told)
	}
	i.signal(syscall.SIGTERM)
}

// databaseLine is a line to Postgres: toxiproxy, which breaks it at any time, and
// behind it a part that knows a commit when it sees one, and takes its answer.
type databaseLine struct {
	testing.TB
	proxy    *toxiproxy.Proxy
	socket   string
	cutEvery atomic.Int64 // so manieth commit loses its answer; 0 for none
	commits  atomic.Int64
	cuts     atomic.Int64
}

// behindALine is a server whose database is Postgres, at the other end of a line.
func behindALine(t *testing.T) (*installation, *databaseLine) {
	t.Helper()
	direct := databasetest.PostgresURL(t)
	line := newDatabaseLine(t, direct)
	i := install(t)
	i.variables["MEDIARELAY_DATABASE_URL"] = line.url(direct)
	return i, line
}

func newDatabaseLine(t *testing.T, direct string) *databaseLine {
	t.Helper()
	address, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	l := &databaseLine{TB: t, socket: address.Query().Get("host") + "/.s.PGSQL.5432"}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go l.serve(listener)
	l.proxy = toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "postgres", "127.0.0.1:0", listener.Addr().String())
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.proxy.Stop)
	return l
}

// url is the database's URL over the line.
func (l *databaseLine) url(direct string) string {
	address, _ := url.Parse(direct) // it was read before
	query := address.Query()
	query.Del("host")
	address.Host, address.RawQuery = l.proxy.Listen, query.Encode()
	return address.String()
}

// reset breaks every connection, at once.
func (l *databaseLine) reset() {
	_, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(`{"name":"reset","type":"reset_peer","stream":"upstream","attributes":{"timeout":0}}`))
	if err != nil {
		l.Error(err)
	}
	l.proxy.Toxics.ResetToxics(context.Background())
}

func (l *databaseLine) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go l.join(client)
	}
}

// join copies both ways until one side ends.
func (l *databaseLine) join(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", l.socket)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool // the answer that comes next is taken
	var ways sync.WaitGroup
	ways.Go(func() { l.forward(client, server, &deaf); _ = server.(*net.UnixConn).CloseWrite() })
	ways.Go(func() { l.back(server, client, &deaf); _ = client.Close() })
	ways.Wait()
}

// commit is a simple query of Postgres' protocol: its type, its length, its text.
var commit = []byte("Q\x00\x00\x00\x0bcommit\x00")

func (l *databaseLine) forward(client, server net.Conn, deaf *atomic.Bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if bytes.Contains(buffer[:n], commit) {
			every := l.cutEvery.Load()
			deaf.Store(every > 0 && l.commits.Add(1)%every == 0)
		}
		if _, writeErr := server.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (l *databaseLine) back(server, client net.Conn, deaf *atomic.Bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if n > 0 && deaf.Load() { // it is committed, and nobody hears of it
			l.cuts.Add(1)
			return
		}
		if _, writeErr := io.Copy(client, bytes.NewReader(buffer[:n])); err != nil || writeErr != nil {
			return
		}
	}
}
