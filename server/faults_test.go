package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Headers that never end hold no place: the server hangs up on each of many such
// clients, and meanwhile serves the others.
func TestHeadersThatDripAreCutOff(t *testing.T) {
	served := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served <- struct{}{} }))
	if server.Config.ReadHeaderTimeout != readHeaderTimeout {
		t.Fatalf("headers may take %v", server.Config.ReadHeaderTimeout)
	}
	server.Config.ReadHeaderTimeout /= 20 // half a second, so that nobody waits
	server.Start()
	defer server.Close()
	const clients = 20
	cut := make(chan int, clients)
	for range clients {
		go func() { cut <- dripHeaders(t, server.Listener.Addr().String()) }()
	}
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatalf("another client: %v", err)
	}
	_ = answer.Body.Close()
	<-served
	for range clients {
		if sent := <-cut; sent < 2 {
			t.Errorf("hung up after %d bytes, before the client was slow", sent)
		}
	}
	if len(served) > 0 {
		t.Error("a request without an end of its headers was served")
	}
}

// dripHeaders sends a byte of a header now and then until the server hangs up,
// and says how many bytes it took.
func dripHeaders(t *testing.T, address string) int {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /files/ HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Error(err)
	}
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, conn); close(ended) }()
	for sent := 0; ; sent++ {
		select {
		case <-ended:
			return sent
		case <-time.After(50 * time.Millisecond):
		}
		if _, err := conn.Write([]byte("x")); err != nil {
			<-ended
			return sent
		}
	}
}

// A file that arrives other than it was announced ends as failed for good, and
// the provider never hears of it.
func TestADamagedFileFailsForGood(t *testing.T) {
	s := start(t, t.TempDir())
	content := photo(t)
	damaged := append([]byte{}, content...)
	damaged[len(damaged)/2] ^= 1
	answer, text := s.ask(http.MethodPost, s.url+"/files/", strings.NewReader(string(damaged)), map[string]string{
		"Upload-Length":   fmt.Sprint(len(content)),
		"Upload-Metadata": "sha256 " + base64.StdEncoding.EncodeToString([]byte(digestOf(content))),
		"Content-Type":    "application/offset+octet-stream",
	})
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("creation: %s %s", answer.Status, text)
	}
	id := filepath.Base(answer.Header.Get("Location"))
	_, events := s.ask(http.MethodGet, s.url+"/v1/uploads/"+id+"/events", nil, nil)
	for _, want := range []string{`"state":"failed"`, `"code":"digest_mismatch"`, `"retryable":false`, "Upload it again."} {
		if !strings.Contains(events, want) {
			t.Errorf("%s is missing in the events:\n%s", want, events)
		}
	}
	retry, text := s.ask(http.MethodPost, s.url+"/v1/uploads/"+id+"/retry", nil, nil)
	if retry.StatusCode != http.StatusConflict || !strings.Contains(text, `"code":"conflict"`) {
		t.Errorf("retry: %s %s", retry.Status, text)
	}
	if _, list := s.ask(http.MethodGet, s.url+"/v1/assets", nil, nil); !strings.Contains(list, `"items":[]`) {
		t.Errorf("the library holds %s", list)
	}
	if err := s.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// A chunk that was damaged on the way is found at once, through every layer of
// the server, and costs one chunk.
func TestADamagedChunkIsSentAgain(t *testing.T) {
	s := start(t, t.TempDir())
	content := photo(t)
	upload := s.create(len(content), nil)
	sum := sha256.Sum256(content)
	send := func(body []byte) (*http.Response, string) {
		return s.ask(http.MethodPatch, upload, strings.NewReader(string(body)), map[string]string{
			"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
			"Upload-Checksum": "sha256 " + base64.StdEncoding.EncodeToString(sum[:]),
		})
	}
	damaged := append([]byte{}, content...)
	damaged[0] ^= 1
	answer, text := send(damaged)
	var problem struct{ Code string }
	if err := json.Unmarshal([]byte(text), &problem); err != nil || answer.StatusCode != 460 || problem.Code != "checksum_mismatch" {
		t.Fatalf("got %s %s, %v, want 460", answer.Status, text, err)
	}
	if got := answer.Header.Get("Upload-Offset"); got != "0" {
		t.Errorf("offset %q, want 0", got)
	}
	if answer, text := send(content); answer.StatusCode != http.StatusNoContent {
		t.Fatalf("sent again: %s %s", answer.Status, text)
	}
	s.wantRelayed(filepath.Base(upload), content)
}
