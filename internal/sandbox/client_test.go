package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/sandbox"
)

// client is a plain HTTP client of the sandbox, so that these tests depend on the
// providers' documentation and not on our provider packages.
type client struct {
	t    *testing.T
	s    *sandbox.Server
	base string
	key  string
	// scheme precedes the key in Meta's Authorization header; empty for 360dialog,
	// which has a header of its own.
	scheme string
	http   *http.Client
}

func start(t *testing.T, config sandbox.Config) *client {
	t.Helper()
	if config.Dir == "" {
		config.Dir = t.TempDir()
	}
	s, err := sandbox.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	key := sandbox.DemoAPIKey
	if len(config.APIKeys) > 0 {
		key = config.APIKeys[0]
	}
	return &client{t: t, s: s, base: server.URL, key: key, http: server.Client()}
}

// as returns a copy with another key.
func (c *client) as(key string) *client {
	other := *c
	other.key = key
	return &other
}

// meta returns a copy that sends Meta's token in place of 360dialog's key.
func (c *client) meta(scheme string) *client {
	other := *c
	other.scheme = scheme
	return &other
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (c *client) do(method, path string, header http.Header, body io.Reader) reply {
	c.t.Helper()
	r, err := c.try(method, path, header, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (c *client) try(method, path string, header http.Header, body io.Reader) (reply, error) {
	c.t.Helper()
	request, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if c.scheme == "" {
		request.Header.Set("D360-API-KEY", c.key)
	} else {
		request.Header.Set("Authorization", c.scheme+" "+c.key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, read}, err
}

// upload sends a file like the curl command of the documentation.
func (c *client) upload(mediaType string, content []byte) reply {
	c.t.Helper()
	body, formType := form(map[string]string{"messaging_product": "whatsapp"}, mediaType, content)
	return c.do(http.MethodPost, "/media", http.Header{"Content-Type": {formType}}, body)
}

func form(fields map[string]string, mediaType string, content []byte) (io.Reader, string) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	if content != nil {
		header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="file.jpg"`}}
		if mediaType != "" {
			header.Set("Content-Type", mediaType)
		}
		part, _ := w.CreatePart(header)
		_, _ = part.Write(content)
	}
	_ = w.Close()
	return &body, w.FormDataContentType()
}

// post sends a JSON body.
func (c *client) post(path, body string) reply {
	c.t.Helper()
	return c.do(http.MethodPost, path, http.Header{"Content-Type": {"application/json"}}, strings.NewReader(body))
}

// raw sends a file as the body, the form of the on-premise API.
func (c *client) raw(mediaType string, content []byte) reply {
	c.t.Helper()
	return c.do(http.MethodPost, "/v1/media", http.Header{"Content-Type": {mediaType}}, bytes.NewReader(content))
}

// session opens an upload session and returns its ID.
func (c *client) session(length int, mediaType string) string {
	c.t.Helper()
	query := url.Values{"file_name": {"sample.png"}, "file_length": {strconv.Itoa(length)}, "file_type": {mediaType}}
	return c.do(http.MethodPost, "/uploads?"+query.Encode(), nil, nil).text(c.t, "id")
}

// send sends content to an upload session.
func (c *client) send(id string, offset int, content []byte) reply {
	c.t.Helper()
	header := http.Header{"file_offset": {strconv.Itoa(offset)}}
	return c.do(http.MethodPost, "/"+id, header, bytes.NewReader(content))
}

// at returns the value at a path in the answer's JSON.
func (r reply) at(t *testing.T, path ...string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(r.body, &value); err != nil {
		t.Fatalf("HTTP %d, body is not JSON: %s", r.status, r.body)
	}
	for _, name := range path {
		switch node := value.(type) {
		case map[string]any:
			value = node[name]
		case []any:
			index, err := strconv.Atoi(name)
			if err != nil || index >= len(node) {
				t.Fatalf("no element %s in %s", name, r.body)
			}
			value = node[index]
		default:
			t.Fatalf("no field %s in %s", name, r.body)
		}
	}
	return value
}

func (r reply) text(t *testing.T, path ...string) string {
	t.Helper()
	text, ok := r.at(t, path...).(string)
	if !ok {
		t.Fatalf("%v is not a string in HTTP %d %s", path, r.status, r.body)
	}
	return text
}

func (r reply) number(t *testing.T, path ...string) int {
	t.Helper()
	number, ok := r.at(t, path...).(float64)
	if !ok {
		t.Fatalf("%v is not a number in HTTP %d %s", path, r.status, r.body)
	}
	return int(number)
}

// clock is a clock that only Advance moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
