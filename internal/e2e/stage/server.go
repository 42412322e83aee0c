package stage

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/media"
)

// WantRelayed waits for the end of an upload and checks its digest and its asset.
func (s *Server) WantRelayed(id string, content []byte) {
	s.TB.Helper()
	_, events := s.Do("GET", s.URL+"/v1/uploads/"+id+"/events", nil, nil)
	if !strings.Contains(events, `"state":"done"`) || !strings.Contains(events, Digest(content)) {
		s.TB.Errorf("upload %s is not relayed whole:\n%s", id, events)
	}
	_, list := s.Do("GET", s.URL+"/v1/assets?sha256="+Digest(content), nil, nil)
	var page struct {
		Items []struct {
			MediaID media.MediaID `json:"media_id"`
		}
	}
	if err := json.Unmarshal([]byte(list), &page); err != nil || len(page.Items) != 1 || page.Items[0].MediaID == "" {
		s.TB.Errorf("the library says %s, %v, want one asset with a media ID", list, err)
	}
}

// CreateFor uploads a file in one request for some purposes, comma separated, and returns
// the upload's URL.
func (s *Server) CreateFor(purpose string, content []byte) string {
	s.TB.Helper()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	answer, text := s.Do(http.MethodPost, s.URL+"/files/", bytes.NewReader(content), map[string]string{
		"Upload-Length":   fmt.Sprint(len(content)),
		"Upload-Metadata": "filename " + encode("a.jpg") + ",purpose " + encode(purpose),
		"Content-Type":    "application/offset+octet-stream",
	})
	if answer.StatusCode != http.StatusCreated {
		s.TB.Fatalf("creation: %s %s", answer.Status, text)
	}
	return s.URL + answer.Header.Get("Location")
}

// Server is a server in this process.
type Server struct {
	TB    testing.TB
	URL   string
	Token string
	Stop  func() error
}

// StartServer starts a server with a sandbox and reads its greeting.
func StartServer(t testing.TB, dir string) *Server {
	t.Helper()
	said, stop := Launch(t, Load(t, Settings(dir)), WebFiles)
	s := &Server{TB: t, Stop: stop}
	s.readGreeting(said)
	return s
}

var greeting = regexp.MustCompile(`^Open (http://127\.0\.0\.1:\d+)/#token=(\S+)$`)

func (s *Server) readGreeting(said *bufio.Scanner) {
	s.TB.Helper()
	found := greeting.FindStringSubmatch(said.Text())
	if found == nil {
		s.TB.Fatalf("the greeting is %q", said.Text())
	}
	s.URL, s.Token = found[1], found[2]
	if !said.Scan() || !strings.Contains(said.Text(), "sandbox") {
		s.TB.Errorf("the second line does not say that it is the sandbox: %q", said.Text())
	}
	go Drain(said)
}

// Do sends a tus or API request and returns the answer with its body.
func (s *Server) Do(method, url string, body io.Reader, headers map[string]string) (*http.Response, string) {
	s.TB.Helper()
	r, err := http.NewRequestWithContext(s.TB.Context(), method, url, body)
	if err != nil {
		s.TB.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: Timeout}
	answer, err := client.Do(r)
	if err != nil {
		s.TB.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.TB.Fatal(err)
	}
	return answer, string(text)
}

// Create creates an upload of a length for a message and a template, with its first bytes,
// and returns its URL.
func (s *Server) Create(length int, first []byte) string {
	s.TB.Helper()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	answer, text := s.Do(http.MethodPost, s.URL+"/files/", bytes.NewReader(first), map[string]string{
		"Upload-Length":   fmt.Sprint(length),
		"Upload-Metadata": "filename " + encode("a.jpg") + ",purpose " + encode("message,template"),
		"Content-Type":    "application/offset+octet-stream",
	})
	if answer.StatusCode != http.StatusCreated {
		s.TB.Fatalf("creation: %s %s", answer.Status, text)
	}
	return s.URL + answer.Header.Get("Location")
}
