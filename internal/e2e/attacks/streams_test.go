package attacks

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// One token opens event streams without end and reads none of them. Those beyond the
// limit are refused, other subjects are served, and streams that end make room.
func TestEventStreamsWithoutEnd(t *testing.T) {
	t.Parallel()
	i := startLimited(t, nil)
	attacker, other := newClient(i, stage.Channel, "eve"), newClient(i, stage.Channel, "ana")
	var open []net.Conn
	refused := 0
	for range 200 {
		conn, status := openStream(attacker)
		if status == http.StatusTooManyRequests {
			refused++
			continue
		}
		if status != http.StatusOK {
			t.Fatalf("a stream is answered %d", status)
		}
		open = append(open, conn)
	}
	if len(open) != 128 || refused != 72 {
		t.Errorf("%d streams open and %d refused, want 128 and 72", len(open), refused)
	}
	if _, status := openStream(other); status != http.StatusOK {
		t.Errorf("the stream of another subject is answered %d", status)
	}
	for _, conn := range open {
		_ = conn.Close()
	}
	i.Await("the closed streams make room", i.Ended, func() bool {
		_, status := openStream(attacker)
		return status == http.StatusOK
	})
}

// openStream opens a stream of an upload's events and reads the head of the answer.
func openStream(c *client) (net.Conn, int) {
	c.Helper()
	created, err := c.create(10, nil, "key", "the same")
	want(c, created, err, http.StatusCreated, "")
	conn, err := net.Dial("tcp", c.Address)
	c.Must(err)
	c.Cleanup(func() { _ = conn.Close() })
	c.Must(conn.SetDeadline(time.Now().Add(stage.RecoveryTimeout)))
	_, err = fmt.Fprintf(conn, "GET /v1/uploads/%s/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
		filepath.Base(created.header.Get("Location")), c.token)
	c.Must(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	c.Must(err)
	return conn, answer.StatusCode
}
