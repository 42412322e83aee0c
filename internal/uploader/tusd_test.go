package uploader_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"

	"mediarelay/internal/tusproto"
)

// tusServer is a real tusd with what production adds to it: a token, idempotent
// creations by key, and the state of an upload. A list of faults says what goes
// wrong with which request.
type tusServer struct {
	*httptest.Server
	dir string

	mu     sync.Mutex
	token  string
	faults []fault
	seen   []seen
}

// fault happens once, to the first request that matches.
type fault struct {
	method string
	// skip is the number of matching requests before it.
	skip int
	kind faultKind
	// status is the response, for answers.
	status int
	// after is the number of bytes of the body that arrive, for cut.
	after int64
}

type faultKind int

const (
	answers faultKind = iota // responds with a status before it reads a byte
	cut                      // closes the connection in the middle of the body
	lost                     // drops the response after the request was carried out
	rotate                   // changes the token that the server accepts
	seize                    // another client writes the same bytes first
	flip                     // flips a bit of the body before the checksum is checked
)

// seen is one request that reached the server.
type seen struct {
	method       string
	from, length int64 // range of the file in its body, from the headers
	taken        int64 // bytes of it that were read
}

func newTusServer(t *testing.T, faults ...fault) *tusServer {
	t.Helper()
	s := &tusServer{dir: t.TempDir(), token: "first", faults: faults}
	composer := handler.NewStoreComposer()
	filestore.New(s.dir).UseIn(composer)
	memorylocker.New().UseIn(composer)
	tusd, err := handler.NewHandler(handler.Config{
		BasePath: "/files/", StoreComposer: composer, PreUploadCreateCallback: nameByKey,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/files/", s.logging(s.injecting(http.StripPrefix("/files/", s.keyed(tusd)))))
	mux.HandleFunc("GET /v1/uploads/{id}", s.state)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	t.Cleanup(func() {
		for _, f := range s.faults {
			t.Errorf("fault did not happen: %+v", f)
		}
	})
	return s
}

// logging logs every request and how much of it was read.
func (s *tusServer) logging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := &countingBody{ReadCloser: r.Body, limit: -1}
		r.Body = body
		defer func() {
			from, _ := parseOffset(r.Header.Get(tusproto.HeaderOffset))
			s.mu.Lock()
			defer s.mu.Unlock()
			s.seen = append(s.seen, seen{r.Method, max(from, 0), r.ContentLength, body.count})
		}()
		next.ServeHTTP(w, r)
	})
}

// injecting checks the token and injects the faults.
func (s *tusServer) injecting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, hit := s.fault(r.Method)
		if !s.authorized(r) {
			turnAway(w, r, http.StatusUnauthorized)
			return
		}
		switch {
		case hit && f.kind == answers:
			turnAway(w, r, f.status)
			return
		case hit && f.kind == cut:
			r.Body.(*countingBody).limit = f.after
		case hit && f.kind == seize:
			s.writeFirst(next, r)
		case hit && f.kind == flip && damaged(r):
			w.WriteHeader(tusproto.StatusChecksumMismatch)
			return
		}
		if hit && (f.kind == cut || f.kind == lost) {
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler) // net/http closes the connection without an answer
		}
		next.ServeHTTP(w, r)
	})
}

// turnAway responds with a status and stores nothing. It reads the body, because
// otherwise the connection could be reset before the client reads the response.
func turnAway(w http.ResponseWriter, r *http.Request, status int) {
	_, _ = io.Copy(io.Discard, r.Body.(*countingBody).ReadCloser)
	w.WriteHeader(status)
}

// damaged flips a bit of the body and reports whether the checksum detects it. tusd
// does not support the checksum extension, so this does its part.
func damaged(r *http.Request) bool {
	body, _ := io.ReadAll(r.Body.(*countingBody).ReadCloser)
	body[len(body)/2] ^= 1
	r.Body = io.NopCloser(bytes.NewReader(body))
	announced := r.Header.Get(tusproto.HeaderChecksum)
	return announced != "" && announced != checksum(body)
}

// writeFirst is another client of the same upload, which writes the same bytes just
// before this client's request is handled.
func (s *tusServer) writeFirst(next http.Handler, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	other := r.Clone(r.Context())
	other.Body = io.NopCloser(bytes.NewReader(body))
	next.ServeHTTP(httptest.NewRecorder(), other)
	r.Body = io.NopCloser(bytes.NewReader(body))
}

// keyed responds to a repeated creation with the existing upload of the same key, as
// intake does.
func (s *tusServer) keyed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pairs, _ := tusproto.DecodeMetadata(r.Header.Get(tusproto.HeaderMetadata))
		key, ok := tusproto.Lookup(pairs, tusproto.KeyKey)
		if r.Method != http.MethodPost || !ok || !s.holds(key) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Location", "/files/"+key)
		w.WriteHeader(http.StatusCreated)
	})
}

// nameByKey uses the key as the upload's id, so that keyed can find it.
func nameByKey(event handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	return handler.HTTPResponse{}, handler.FileInfoChanges{ID: event.Upload.MetaData[tusproto.KeyKey]}, nil
}

func (s *tusServer) holds(id string) bool {
	_, err := os.Stat(filepath.Join(s.dir, id))
	return err == nil
}

// state reports a complete upload as done.
func (s *tusServer) state(w http.ResponseWriter, r *http.Request) {
	if !s.authorized(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if !s.holds(r.PathValue("id")) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, "done")
}

func (s *tusServer) authorized(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.Header.Get("Authorization") == "Bearer "+s.token
}

// fault removes the next fault for the method from the list and returns it.
func (s *tusServer) fault(method string) (fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if f.method != method {
			continue
		}
		if f.skip > 0 {
			f.skip--
			return fault{}, false
		}
		hit := *f
		s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		if hit.kind == rotate {
			s.token += "'"
		}
		return hit, true
	}
	return fault{}, false
}

func (s *tusServer) currentToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// stored returns the digest of each upload on the server.
func (s *tusServer) stored(t *testing.T) [][sha256.Size]byte {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var sums [][sha256.Size]byte
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".info") || strings.HasSuffix(e.Name(), ".lock") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sha256.Sum256(data))
	}
	return sums
}

// countingBody counts the bytes read and fails at its limit.
type countingBody struct {
	io.ReadCloser
	count, limit int64
}

func (b *countingBody) Read(p []byte) (int, error) {
	if b.limit >= 0 {
		if b.count >= b.limit {
			return 0, io.ErrUnexpectedEOF
		}
		p = p[:min(int64(len(p)), b.limit-b.count)]
	}
	n, err := b.ReadCloser.Read(p)
	b.count += int64(n)
	return n, err
}
