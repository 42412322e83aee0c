// Package sandbox emulates the media APIs of all three providers, for
// development, demos and tests: 360dialog's waba-v2, Meta's Cloud API and the
// on-premise API that 360dialog hosts. It sends nothing to WhatsApp. One server
// speaks all three, told apart by their paths.
//
// It is as honest as the APIs that it stands for: POST /media looks at the type
// that is declared and not at the content, so an H.265 clip is answered with
// 200, though no phone would ever show it. Where no page of the provider says
// what happens, the stricter reading is taken and the place says so.
//
// What it knows is in memory and is gone with it; the bytes are files in
// Config.Dir. Both are bounded: past MaxBytes the oldest bytes are dropped, past
// some ten thousand objects the oldest are forgotten.
//
// Tests script faults (Faults) and look inside (Media, Handles, Calls). It leaves
// to others to listen: a Server is an http.Handler.
//
// Sources: docs.360dialog.com, "Media Uploads", "Upload, retrieve or delete
// media", "Media messages" and "Media" of the on-premise API; Meta's "Media Upload
// API" and "Resumable Upload API".
package sandbox

import (
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"

	"mediarelay/internal/media"
)

// DemoAPIKey is the API key that a Server takes where Config names none: the key
// of the demo channel. It opens nothing but a sandbox.
const DemoAPIKey = "sandbox-demo-key"

// DefaultMaxBytes bounds the bytes that are kept: 1 GiB.
const DefaultMaxBytes int64 = 1 << 30

// maxRemembered bounds each list of objects.
const maxRemembered = 10_000

// Config says how a Server is to be made. Only Dir has no default.
type Config struct {
	// Dir is a folder for the bytes. It is made where it does not exist, and what
	// an earlier sandbox left there is removed: it serves one Server at a time.
	Dir string
	// APIKeys each stand for one phone number, in every API: as D360-API-KEY or as
	// Meta's access token. DemoAPIKey where there are none.
	APIKeys []string
	// Now is the clock of limits and lifetimes; time.Now where it is nil.
	Now func() time.Time
	// MaxBytes bounds the bytes that are kept; DefaultMaxBytes where it is 0.
	MaxBytes int64
}

// Server is the emulated APIs.
type Server struct {
	now    func() time.Time
	secret []byte // signs session ids and links
	files  *files
	faults *Faults
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	accounts map[string]*account
	calls    map[Op]int
	media    *recent[string, *mediaObject]
	sessions *recent[string, *session]
	handles  *recent[string, keptHandle]
	messages *recent[string, Message]
	minted   int

	pictures  *recent[int, media.Handle]
	templates *recent[int, Template]
}

// New makes a Server. Close removes its bytes.
func New(c Config) (*Server, error) {
	if c.Dir == "" {
		return nil, errors.New("sandbox: Config.Dir is empty: name a folder for the bytes")
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	files, err := openFiles(c.Dir, c.MaxBytes)
	if err != nil {
		return nil, err
	}
	s := &Server{
		now: c.Now, secret: []byte(rand.Text()), files: files, closed: make(chan struct{}),
		accounts: map[string]*account{}, calls: map[Op]int{},
		media: newRecent[string, *mediaObject](maxRemembered), sessions: newRecent[string, *session](maxRemembered),
		handles: newRecent[string, keptHandle](maxRemembered), messages: newRecent[string, Message](maxRemembered),
		pictures: newRecent[int, media.Handle](maxRemembered), templates: newRecent[int, Template](maxRemembered),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if len(c.APIKeys) == 0 {
		c.APIKeys = []string{DemoAPIKey}
	}
	for i, key := range c.APIKeys {
		s.accounts[key] = newAccount(i)
	}
	s.faults = newFaults(s.closed)
	return s, nil
}

// Close ends requests that a fault holds and removes the bytes.
func (s *Server) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.files.clear()
}

// Faults is the script of what shall go wrong.
func (s *Server) Faults() *Faults { return s.faults }

// ServeHTTP answers as the API would, after the faults that are scripted.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, serve := s.route(r)
	s.mu.Lock()
	s.calls[op]++
	s.mu.Unlock()
	s.faults.serve(op, w, r, serve)
}
