package faults

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/e2e/stage"
)

// postgresProxy is a line to Postgres: toxiproxy, which can break it at any time, and
// behind it a part that recognizes a commit and can drop its answer.
type postgresProxy struct {
	testing.TB
	proxy     *toxiproxy.Proxy
	socket    string
	dropEvery atomic.Int64 // every nth commit loses its answer; 0 for none
	commits   atomic.Int64
	dropped   atomic.Int64
}

// newProcessBehindProxy is a server whose database is Postgres behind a postgresProxy.
func newProcessBehindProxy(t *testing.T) (*stage.Process, *postgresProxy) {
	t.Helper()
	direct := databasetest.PostgresURL(t)
	line := newPostgresProxy(t, direct)
	i := stage.NewProcess(t)
	i.Env["MEDIARELAY_DATABASE_URL"] = line.url(direct)
	return i, line
}

func newPostgresProxy(t *testing.T, direct string) *postgresProxy {
	t.Helper()
	address, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	l := &postgresProxy{TB: t, socket: address.Query().Get("host") + "/.s.PGSQL.5432"}
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

// url is the database's URL through the proxy.
func (l *postgresProxy) url(direct string) string {
	address, _ := url.Parse(direct) // it was read before
	query := address.Query()
	query.Del("host")
	address.Host, address.RawQuery = l.proxy.Listen, query.Encode()
	return address.String()
}

// reset breaks every connection at once.
func (l *postgresProxy) reset() {
	_, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(`{"name":"reset","type":"reset_peer","stream":"upstream","attributes":{"timeout":0}}`))
	if err != nil {
		l.Error(err)
	}
	l.proxy.Toxics.ResetToxics(context.Background())
}

func (l *postgresProxy) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go l.join(client)
	}
}

// join copies both ways until one side ends.
func (l *postgresProxy) join(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", l.socket)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool // the next answer is dropped
	var ways sync.WaitGroup
	ways.Go(func() { l.forward(client, server, &deaf); _ = server.(*net.UnixConn).CloseWrite() })
	ways.Go(func() { l.back(server, client, &deaf); _ = client.Close() })
	ways.Wait()
}

// commit is a simple query of the Postgres protocol: type, length, text.
var commit = []byte("Q\x00\x00\x00\x0bcommit\x00")

func (l *postgresProxy) forward(client, server net.Conn, deaf *atomic.Bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if bytes.Contains(buffer[:n], commit) {
			every := l.dropEvery.Load()
			deaf.Store(every > 0 && l.commits.Add(1)%every == 0)
		}
		if _, writeErr := server.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (l *postgresProxy) back(server, client net.Conn, deaf *atomic.Bool) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if n > 0 && deaf.Load() { // committed, but the client never learns of it
			l.dropped.Add(1)
			return
		}
		if _, writeErr := io.Copy(client, bytes.NewReader(buffer[:n])); err != nil || writeErr != nil {
			return
		}
	}
}

// stall lets nothing through any more, and closes nothing.
func (l *postgresProxy) stall() {
	l.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		text := `{"name":"hang ` + stream + `","type":"timeout","stream":"` + stream + `","attributes":{"timeout":0}}`
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			l.Fatal(err)
		}
	}
}
