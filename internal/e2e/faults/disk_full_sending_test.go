package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// The disk of the store is full, and a client sends its whole chunk before it reads. It
// gets the 507 and no broken connection. A HEAD has the bytes that fitted.
func TestStoreDiskFullWhileAClientSends(t *testing.T) {
	t.Parallel()
	const disk, size = "4m", 12_000_000
	i := stage.NewProcess(t)
	i.Env["MEDIARELAY_STORE_URL"] = "file:" + filepath.Join(mount(t, "-t", "tmpfs", "-o", "size="+disk, "tmpfs"), "uploads")
	i.Start()
	f := &stage.File{Name: "notes.txt", Content: stage.Notes(size), Purposes: "message"}
	i.Must(i.CreateUpload(t.Context(), f))
	for range 3 { // the disk is full from the first chunk on
		offset, err := i.Offset(t.Context(), f)
		i.Must(err)
		answer, text := sendBeforeReading(i, f, offset)
		if answer.StatusCode != http.StatusInsufficientStorage || !strings.Contains(text, `"code":"storage_full"`) || answer.Header.Get("Retry-After") == "" {
			t.Errorf("at %d: %s %s", offset, answer.Status, text)
		}
	}
	if offset, err := i.Offset(t.Context(), f); err != nil || offset == 0 {
		t.Errorf("offset %d, %v, want the bytes that fitted", offset, err)
	}
}

// sendBeforeReading sends the rest of a file in one chunk, and then reads the answer.
func sendBeforeReading(i *stage.Process, f *stage.File, offset int) (*http.Response, string) {
	i.Helper()
	conn, err := net.Dial("tcp", i.Address)
	i.Must(err)
	defer conn.Close()
	i.Must(conn.SetDeadline(time.Now().Add(stage.RecoveryTimeout)))
	rest := f.Content[offset:]
	_, err = fmt.Fprintf(conn, "PATCH /files/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: %d\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n%s",
		f.ID, i.Token, offset, len(rest), rest)
	i.Must(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	i.Must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	i.Must(err)
	return answer, string(text)
}
