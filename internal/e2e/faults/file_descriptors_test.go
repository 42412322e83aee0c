package faults

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// The process has as many connections as it may have files. A connection that it has
// accepted gets a temporary error; a new one waits in the system's queue. The process
// survives, and serves all of them when there are descriptors again.
func TestOutOfFileDescriptors(t *testing.T) {
	t.Parallel()
	prlimit := stage.NeedProgram(t, "prlimit", "prlimit")
	i := stage.NewProcess(t)
	i.Wrapper = []string{prlimit, "--nofile=64"}
	i.Start()
	files := jpegFiles(t, 4, 300_000)
	f := files[1] // without checksums
	i.SendFirstChunk(f)
	taken := dial(i)
	taken.send(http.MethodHead, f, "\r\n")
	i.Must(taken.receive(http.MethodHead, http.StatusOK))
	conns := occupyConnections(i, 80)
	i.AwaitLog("too many open files")
	taken.send(http.MethodPatch, f, fmt.Sprintf("Upload-Offset: %d\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 3\r\n\r\n%s",
		f.ChunkSize, f.Content[f.ChunkSize:f.ChunkSize+3]))
	stage.WantProblem(t, taken.receive(http.MethodPatch, http.StatusNoContent), http.StatusServiceUnavailable, `"code":"unavailable"`)
	late := dial(i)
	late.send(http.MethodHead, f, "\r\n")
	for _, conn := range conns {
		_ = conn.Close()
	}
	if err := late.receive(http.MethodHead, http.StatusOK); err != nil {
		t.Errorf("the connection that waited got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*stage.RecoveryTimeout)
	defer cancel()
	i.WantRelayed(i.SendAll(ctx, files))
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Errorf("in the end: %d %s", status, text)
	}
}

// connection is one connection to the server.
type connection struct {
	*stage.Process
	conn    net.Conn
	answers *bufio.Reader
}

func dial(i *stage.Process) *connection {
	i.Helper()
	conn, err := net.Dial("tcp", i.Address)
	i.Must(err)
	i.Cleanup(func() { _ = conn.Close() })
	return &connection{i, conn, bufio.NewReader(conn)}
}

// send sends a request about a file without waiting for the answer. Rest follows the
// headers that all requests share.
func (l *connection) send(method string, f *stage.File, rest string) {
	l.Helper()
	_, err := fmt.Fprintf(l.conn, "%s /files/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n%s", method, f.ID, l.Token, rest)
	l.Must(err)
}

// receive reads the answer to a request and checks its status.
func (l *connection) receive(method string, want int) error {
	l.Helper()
	answer, err := http.ReadResponse(l.answers, &http.Request{Method: method})
	l.Must(err)
	return stage.CheckStatus(answer, want)
}

// occupyConnections opens connections that begin a request and then send nothing.
func occupyConnections(i *stage.Process, count int) (conns []net.Conn) {
	i.Helper()
	for range count {
		conn, err := net.DialTimeout("tcp", i.Address, stage.RecoveryTimeout)
		i.Must(err)
		_, err = fmt.Fprint(conn, "GET / HTTP/1.1\r\n")
		i.Must(err)
		conns = append(conns, conn)
	}
	return conns
}
