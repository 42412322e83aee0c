package app_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
	"mediarelay/internal/e2e/stage"
)

func TestFileGetsMediaIDAndHandle(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(),
		// tusd keeps a request's context for 5 s after the request.
		goleak.IgnoreAnyFunction("github.com/tus/tusd/v2/pkg/handler.newDelayedContext.func1"))
	s := stage.StartServer(t, t.TempDir())
	content := stage.Photo(t)
	id := filepath.Base(s.Create(len(content), content))
	_, events := s.Do(http.MethodGet, s.URL+"/v1/uploads/"+id+"/events", nil, nil)
	for _, want := range []string{`"state":"done"`, `"media_id":"`, `"handle":"`, `"created_by":"demo"`} {
		if !strings.Contains(events, want) {
			t.Errorf("%s is missing in the events:\n%s", want, events)
		}
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestStopKeepsReceivedBytes(t *testing.T) {
	dir := t.TempDir()
	s := stage.StartServer(t, dir)
	content := stage.Photo(t)
	upload := s.Create(len(content), nil)
	arrived := len(content) / 2
	conn := sendHalf(s, upload, content[:arrived], len(content))
	defer conn.Close()
	awaitOffset(s, upload, arrived)

	if err := s.Stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the interrupted chunk was answered %v, %v, want 503", answer, err)
	}

	again := stage.StartServer(t, dir)
	id := filepath.Base(upload)
	head, _ := again.Do(http.MethodHead, again.URL+"/files/"+id, nil, nil)
	if got := head.Header.Get("Upload-Offset"); got != fmt.Sprint(arrived) {
		t.Errorf("offset %s after the restart, want %d", got, arrived)
	}
	if err := again.Stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// sendHalf sends the beginning of a chunk and leaves the connection open.
func sendHalf(s *stage.Server, upload string, half []byte, whole int) net.Conn {
	s.TB.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		s.TB.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(stage.Timeout))
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n%s",
		strings.TrimPrefix(upload, s.URL), s.Token, whole, half)
	if err != nil {
		s.TB.Fatal(err)
	}
	return conn
}

// awaitOffset waits on the upload's events, since a HEAD would interrupt the chunk.
func awaitOffset(s *stage.Server, upload string, offset int) {
	s.TB.Helper()
	r, err := http.NewRequestWithContext(s.TB.Context(), http.MethodGet, s.URL+"/v1/uploads/"+filepath.Base(upload)+"/events", nil)
	if err != nil {
		s.TB.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	answer, err := (&http.Client{Timeout: stage.Timeout}).Do(r)
	if err != nil {
		s.TB.Fatal(err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), fmt.Sprintf(`"offset":%d,`, offset)) {
			return
		}
	}
	s.TB.Fatalf("no event had offset %d", offset)
}

func TestListenAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for variable, edit := range map[string]func(*config.Settings){
		"MEDIARELAY_LISTEN":       func(s *config.Settings) { s.Listen = taken.Addr().String() },
		"MEDIARELAY_ADMIN_LISTEN": func(s *config.Settings) { s.AdminListen = taken.Addr().String() },
	} {
		t.Run(variable, func(t *testing.T) {
			given := stage.Settings(t.TempDir())
			edit(&given)
			err := app.Run(t.Context(), app.Options{Config: stage.Load(t, given), WebFiles: stage.WebFiles})
			if err == nil || !strings.HasPrefix(err.Error(), variable+": ") || !strings.Contains(err.Error(), "address already in use") {
				t.Errorf("got %v", err)
			}
		})
	}
}
