// Package sandbox emulates the media APIs of the three providers for development, demos
// and tests: 360dialog's waba-v2, Meta's Cloud API and the on-premise API hosted by
// 360dialog. It sends nothing to WhatsApp. One server implements all three and
// distinguishes them by their paths.
//
// Like the real APIs, POST /media checks the declared type and not the content: it
// answers 200 to an H.265 clip that no phone can play. If the providers' documentation
// does not define a case, the sandbox takes the stricter interpretation, and a comment
// says so.
//
// Its state is in memory and ends with the Server; the bytes are files in Config.Dir.
// Package storage bounds both: the oldest bytes beyond MaxBytes and the oldest objects
// beyond ten thousand are evicted.
//
// Tests script faults (Faults, or over HTTP at /sandbox/faults) and inspect the state
// (Media, Handles, Calls). It leaves listening to its caller: a Server is an http.Handler.
//
// The files: route.go maps requests to operations; api.go authenticates them and writes
// the errors of each API; media.go, download.go, onpremise.go, session.go, message.go and
// profile_template.go implement the operations; fault*.go are the scripted faults.
//
// Sources: docs.360dialog.com, "Media Uploads", "Upload, retrieve or delete
// media", "Media messages" and "Media" of the on-premise API; Meta's "Media Upload
// API" and "Resumable Upload API".
package sandbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/sandbox/storage"
)

// DemoAPIKey is the API key that a Server accepts if Config has none: that of the demo
// channel. It is of no use outside a sandbox.
const DemoAPIKey = "sandbox-demo-key"

// DefaultMaxBytes is the default of Config.MaxBytes: 1 GiB.
const DefaultMaxBytes int64 = 1 << 30

// maxRemembered bounds the objects of each kind.
const maxRemembered = 10_000

// Config configures a Server. Dir is required.
type Config struct {
	// Dir is the folder for the bytes, created if it does not exist. The files of an
	// earlier Server in it are removed, so each Server needs a folder of its own.
	Dir string
	// APIKeys lists the accepted keys. Each belongs to one phone number and is valid in
	// every API, as D360-API-KEY or as Meta's access token. Default: DemoAPIKey.
	APIKeys []string
	// Now is the clock for limits and lifetimes; default: time.Now.
	Now func() time.Time
	// MaxBytes bounds the stored bytes; default: DefaultMaxBytes.
	MaxBytes int64
}

// Server emulates the APIs.
type Server struct {
	now    func() time.Time
	secret []byte // signs session ids and links
	files  *storage.Files
	faults *Faults
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	accounts map[string]*account
	calls    map[Op]int
	media    *storage.Recent[string, *mediaObject]
	sessions *storage.Recent[string, *uploadSession]
	handles  *storage.Recent[string, handleRecord]
	messages *storage.Recent[string, Message]
	created  int

	pictures  *storage.Recent[int, media.Handle]
	templates *storage.Recent[int, Template]
}

// New creates a Server. The caller must close it.
func New(c Config) (*Server, error) {
	if c.Dir == "" {
		return nil, errors.New("sandbox: Config.Dir is empty")
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	files, err := storage.OpenFiles(c.Dir, c.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{
		now: c.Now, secret: []byte(rand.Text()), files: files, closed: make(chan struct{}),
		accounts: map[string]*account{}, calls: map[Op]int{},
		media: storage.NewRecent[string, *mediaObject](maxRemembered), sessions: storage.NewRecent[string, *uploadSession](maxRemembered),
		handles: storage.NewRecent[string, handleRecord](maxRemembered), messages: storage.NewRecent[string, Message](maxRemembered),
		pictures: storage.NewRecent[int, media.Handle](maxRemembered), templates: storage.NewRecent[int, Template](maxRemembered),
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

// Close ends the requests that a fault is holding and removes the bytes.
func (s *Server) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.files.Clear()
}

// Faults returns the script of faults.
func (s *Server) Faults() *Faults { return s.faults }

// ServeHTTP applies the next scripted fault of the operation, if any, and answers like
// the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == faultsPath {
		s.scriptFaults(w, r)
		return
	}
	op, serve := s.route(r)
	s.mu.Lock()
	s.calls[op]++
	s.mu.Unlock()
	s.faults.serve(op, w, r, serve)
}
