package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
)

// A process that has no file left to open.

// B6: as many connections as the process may have files. A connection that it has
// taken before is answered that this passes; a new one waits in the system's queue.
// The process dies of nothing, and serves them all when there are files again.
func TestOutOfFilesIsOutlived(t *testing.T) {
	t.Parallel()
	prlimit := need(t, "prlimit", "prlimit")
	i := install(t)
	i.under = []string{prlimit, "--nofile=64"}
	i.start()
	files := pictures(t, 4, 300_000)
	f := files[1] // without checksums
	i.begin(f)
	taken := i.dial()
	taken.ask(http.MethodHead, f, "\r\n")
	i.must(taken.hear(http.MethodHead, http.StatusOK))
	conns := i.occupy(80)
	i.awaitLine("too many open files")
	taken.ask(http.MethodPatch, f, fmt.Sprintf("Upload-Offset: %d\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 3\r\n\r\n%s",
		f.chunk, f.content[f.chunk:f.chunk+3]))
	wantRefusal(t, taken.hear(http.MethodPatch, http.StatusNoContent), http.StatusServiceUnavailable, `"code":"unavailable"`)
	late := i.dial()
	late.ask(http.MethodHead, f, "\r\n")
	for _, conn := range conns {
		_ = conn.Close()
	}
	if err := late.hear(http.MethodHead, http.StatusOK); err != nil {
		t.Errorf("who came while there were no files was told %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*within)
	defer cancel()
	i.wantRelayed(i.carry(ctx, files))
	if status, text := i.admin("/readyz"); status != http.StatusOK {
		t.Errorf("in the end: %d %s", status, text)
	}
}

// wire is a connection of its own, which is open from its first question on.
type wire struct {
	*installation
	conn    net.Conn
	answers *bufio.Reader
}

func (i *installation) dial() *wire {
	i.Helper()
	conn, err := net.Dial("tcp", i.address)
	i.must(err)
	i.Cleanup(func() { _ = conn.Close() })
	return &wire{i, conn, bufio.NewReader(conn)}
}

// ask sends a request about a file and does not wait; rest is what follows the headers of all.
func (l *wire) ask(method string, f *sent, rest string) {
	l.Helper()
	_, err := fmt.Fprintf(l.conn, "%s /files/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n%s", method, f.id, l.token, rest)
	l.must(err)
}

// hear reads the answer to a request and says whether it has the wanted status.
func (l *wire) hear(method string, want int) error {
	l.Helper()
	answer, err := http.ReadResponse(l.answers, &http.Request{Method: method})
	l.must(err)
	return status(answer, want)
}

// occupy opens connections that begin a request and say no more.
func (i *installation) occupy(count int) (conns []net.Conn) {
	i.Helper()
	for range count {
		conn, err := net.DialTimeout("tcp", i.address, within)
		i.must(err)
		_, err = fmt.Fprint(conn, "GET / HTTP/1.1\r\n")
		i.must(err)
		conns = append(conns, conn)
	}
	return conns
}
