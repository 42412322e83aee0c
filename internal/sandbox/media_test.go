package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/sandbox"
)

func TestUploads(t *testing.T) {
	c := start(t, sandbox.Config{})
	content := []byte("ftyphvc1: an H.265 clip, which the API accepts and no phone plays")
	id := media.MediaID(c.upload("video/mp4", content).text(t, "id"))

	got, ok := c.s.Media(id)
	sum := sha256.Sum256(content)
	want := sandbox.Media{
		ID: id, Filename: "file.jpg", Type: "video/mp4",
		Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
	}
	if !ok || got != want {
		t.Errorf("Media = %+v, want %+v", got, want)
	}
	if calls := c.s.Calls(sandbox.OpUploadMedia); calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

func TestRejectedForms(t *testing.T) {
	whatsapp := map[string]string{"messaging_product": "whatsapp"}
	for _, row := range []struct {
		name, mediaType string
		fields          map[string]string
		content         []byte
		message         string
	}{
		{"no product", "image/png", nil, []byte("png"), "(#100) The parameter messaging_product is required."},
		{"another product", "image/png", map[string]string{"messaging_product": "sms"}, []byte("png"), "(#100) Param messaging_product must be"},
		{"no file", "", whatsapp, nil, "(#100) The parameter file is required."},
		{"no type", "", whatsapp, []byte("png"), "Received file of type 'application/octet-stream'."},
		{"a type with a parameter", "audio/ogg; codecs=opus", whatsapp, []byte("OggS"), "Received file of type 'audio/ogg; codecs=opus'."},
		{"beyond 100 MiB", "application/pdf", whatsapp, make([]byte, media.MaxUploadBytes+1), "(#100) Param file must be at most 100 MB."},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := start(t, sandbox.Config{})
			body, formType := form(row.fields, row.mediaType, row.content)
			r := c.do(http.MethodPost, "/media", http.Header{"Content-Type": {formType}}, body)
			if r.status != 400 || !strings.Contains(r.text(t, "error", "message"), row.message) {
				t.Errorf("HTTP %d %s, want 400 with %q", r.status, r.body, row.message)
			}
			if stored := c.s.AllMedia(); len(stored) != 0 {
				t.Errorf("stored a refused file: %+v", stored)
			}
		})
	}
}

// Some IDs exceed 2^53, which exposes a client that parses them as numbers.
func TestMediaIDsExceed53Bits(t *testing.T) {
	c := start(t, sandbox.Config{})
	var beyond int
	for range 4 {
		id := c.upload("image/png", []byte("png")).text(t, "id")
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if n > 1<<53 {
			beyond++
		}
	}
	if beyond < 2 {
		t.Errorf("%d of 4 ids exceed 53 bits, want at least 2", beyond)
	}
}

// Neither media nor sessions of one key are visible to another.
func TestKeysAreIsolated(t *testing.T) {
	c := start(t, sandbox.Config{APIKeys: []string{"first", "second"}})
	id := c.upload("image/png", []byte("png")).text(t, "id")
	session := c.session(3, "image/png")
	other := c.as("second")
	for _, r := range []reply{
		other.do(http.MethodGet, "/"+id, nil, nil),
		other.do(http.MethodDelete, "/"+id, nil, nil),
		other.do(http.MethodGet, "/"+session, nil, nil),
		other.send(session, 0, []byte("png")),
	} {
		if r.status != 400 || r.number(t, "error", "code") != 100 {
			t.Errorf("HTTP %d %s, want 400 with code 100", r.status, r.body)
		}
	}
	if r := c.do(http.MethodGet, "/"+id, nil, nil); r.status != 200 {
		t.Errorf("the owner: HTTP %d, want 200", r.status)
	}
}

func TestLinksAndMediaExpire(t *testing.T) {
	now := newClock()
	c := start(t, sandbox.Config{Now: now.Now})
	id := c.upload("image/png", []byte("png")).text(t, "id")
	link := func() string {
		url := c.do(http.MethodGet, "/"+id, nil, nil).text(t, "url")
		return strings.TrimPrefix(url, "https://lookaside.fbsbx.com")
	}
	status := func(path string) int { return c.do(http.MethodGet, path, nil, nil).status }

	first := link()
	if got := status(first + "x"); got != 404 {
		t.Errorf("altered link: HTTP %d, want 404", got)
	}
	now.Advance(5*time.Minute - time.Second)
	if got := status(first); got != 200 {
		t.Errorf("link after 4:59: HTTP %d, want 200", got)
	}
	now.Advance(time.Second)
	if got := status(first); got != 404 {
		t.Errorf("link after 5:00: HTTP %d, want 404", got)
	}
	now.Advance(30 * 24 * time.Hour)
	if got := status("/" + id); got != 400 {
		t.Errorf("media after 30 days: HTTP %d, want 400", got)
	}
}

// The oldest bytes are evicted beyond the limit; their media objects remain known.
func TestOldestBytesAreEvicted(t *testing.T) {
	dir := t.TempDir()
	c := start(t, sandbox.Config{Dir: dir, MaxBytes: 2500})
	var paths []string
	for i := range 3 {
		id := c.upload("image/png", bytes.Repeat([]byte(strconv.Itoa(i)), 1000)).text(t, "id")
		url := c.do(http.MethodGet, "/"+id, nil, nil).text(t, "url")
		paths = append(paths, strings.TrimPrefix(url, "https://lookaside.fbsbx.com"))
	}
	var statuses []int
	for _, path := range paths {
		statuses = append(statuses, c.do(http.MethodGet, path, nil, nil).status)
	}
	if want := []int{404, 200, 200}; fmt.Sprint(statuses) != fmt.Sprint(want) {
		t.Errorf("downloads: %v, want %v", statuses, want)
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("%d files on disk, want 2", len(files))
	}
	if known := c.s.AllMedia(); len(known) != 3 {
		t.Errorf("%d objects known, want 3", len(known))
	}
}

func TestMessages(t *testing.T) {
	c := start(t, sandbox.Config{})
	id := c.upload("image/png", []byte("png")).text(t, "id")
	for _, row := range []struct {
		name, body string
		status     int
		code       int
	}{
		{"by id", `{"messaging_product":"whatsapp","to":"491511","type":"image","image":{"id":"` + id + `","caption":"Hello"}}`, 200, 0},
		{"by link", `{"messaging_product":"whatsapp","to":"491511","type":"video","video":{"link":"https://example.com/a.mp4"}}`, 200, 0},
		{"no product", `{"to":"491511","type":"image","image":{"id":"1"}}`, 400, 100},
		{"no recipient", `{"messaging_product":"whatsapp","type":"image","image":{"id":"1"}}`, 400, 100},
		{"neither id nor link", `{"messaging_product":"whatsapp","to":"491511","type":"image","image":{}}`, 400, 100},
		{"both id and link", `{"messaging_product":"whatsapp","to":"491511","type":"image","image":{"id":"1","link":"https://example.com/a.png"}}`, 400, 100},
		{"an unknown id", `{"messaging_product":"whatsapp","to":"491511","type":"image","image":{"id":"1"}}`, 400, 100},
		{"no media", `{"messaging_product":"whatsapp","to":"491511","type":"carrier-pigeon"}`, 400, 131051},
		{"not JSON", `to=491511`, 400, 100},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := c.do(http.MethodPost, "/messages", nil, strings.NewReader(row.body))
			if r.status != row.status || row.code != 0 && r.number(t, "error", "code") != row.code {
				t.Errorf("HTTP %d %s, want %d with code %d", r.status, r.body, row.status, row.code)
			}
		})
	}
	if accepted := c.s.Messages(); len(accepted) != 2 || accepted[0].MediaID != media.MediaID(id) || accepted[0].Caption != "Hello" {
		t.Errorf("Messages = %+v", accepted)
	}
}

func TestAbout(t *testing.T) {
	c := start(t, sandbox.Config{}).as("")
	if r := c.do(http.MethodGet, "/", nil, nil); r.status != 200 || !bytes.Contains(r.body, []byte("sandbox")) {
		t.Errorf("GET /: HTTP %d: %s", r.status, r.body)
	}
}

func TestConfigNeedsDir(t *testing.T) {
	if _, err := sandbox.New(sandbox.Config{}); err == nil {
		t.Error("New accepted a Config without Dir")
	}
}
