package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/auth"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/library"
	"mediarelay/internal/logging"
	"mediarelay/internal/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second // for what must happen; nothing waits for it to pass

// The fixture's ids and digest.
const (
	uploadID = "0123456789abcdef0123456789abcdef"
	assetID  = "as_1"
	digest   = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// fakeLibrary holds one upload and one asset, both of the channel acme.
type fakeLibrary struct {
	mu      sync.Mutex
	upload  library.Upload
	asset   library.Asset
	offset  int64
	err     error // what every call returns, if set
	away    error // what Offset returns, if set
	query   library.AssetQuery
	page    library.AssetPage
	changes chan struct{}
	// watching gets a value when a stream begins, and left when it ends.
	watching, left chan struct{}
}

func newFakeLibrary() *fakeLibrary {
	return &fakeLibrary{
		upload: library.Upload{
			ID: uploadID, Channel: "acme", Subject: "ada", Length: 1000, State: library.StateUploading, Version: 1,
			Filename: "holiday.jpg", Purposes: []media.Purpose{media.PurposeMessage, media.PurposeTemplate},
		},
		asset: library.Asset{
			ID: assetID, Filename: "holiday.jpg", CreatedBy: "ada", CreatedAt: time.Date(2026, 11, 21, 8, 0, 0, 0, time.FixedZone("", 3600)),
			Content: library.Content{
				Channel: "acme", SHA256: digest, Type: "image/jpeg", Kind: media.KindImage, Size: 1000,
				Copies: []library.Copy{
					{Copy: media.CopyMediaID, Value: "1037543291543636", ExpiresAt: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)},
					{Copy: media.CopyHandle, Value: "4::aW1hZ2U=", ExpiresAt: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)},
				},
			},
		},
		offset:   400,
		changes:  make(chan struct{}, 1),
		watching: make(chan struct{}, 8),
		left:     make(chan struct{}, 8),
	}
}

func (f *fakeLibrary) Upload(_ context.Context, caller library.Caller, id string) (library.Upload, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return library.Upload{}, f.err
	}
	if !caller.MayUse(f.upload) || id != f.upload.ID {
		return library.Upload{}, library.ErrNotFound
	}
	return f.upload, nil
}

func (f *fakeLibrary) RetryUpload(ctx context.Context, caller library.Caller, id string) error {
	u, err := f.Upload(ctx, caller, id)
	if err != nil {
		return err
	}
	if u.State != library.StateFailed {
		return library.ErrState
	}
	if u.Problem != nil && !u.Problem.Retryable {
		return library.ErrFinal
	}
	f.change(func(u *library.Upload) { u.State, u.Problem = library.StateChecking, nil })
	return nil
}

func (f *fakeLibrary) Subscribe(string) (<-chan struct{}, func()) {
	f.watching <- struct{}{}
	return f.changes, func() { f.left <- struct{}{} }
}

func (f *fakeLibrary) Asset(_ context.Context, channel, id string) (library.Asset, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return library.Asset{}, f.err
	}
	if channel != f.asset.Content.Channel || id != f.asset.ID {
		return library.Asset{}, library.ErrNotFound
	}
	return f.asset, nil
}

func (f *fakeLibrary) Assets(_ context.Context, q library.AssetQuery) (library.AssetPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.query = q
	return f.page, f.err
}

func (f *fakeLibrary) Offset(context.Context, string) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.offset, errors.Join(f.err, f.away)
}

func (f *fakeLibrary) UpdateAsset(context.Context, string, string, library.AssetChange) (library.Asset, error) {
	return library.Asset{}, f.err
}

func (f *fakeLibrary) AssetsSince(context.Context, string, time.Time) ([]library.Change, error) {
	return nil, nil
}

// change changes the row as this process would, with a notification.
func (f *fakeLibrary) change(edit func(*library.Upload)) {
	f.changeElsewhere(edit)
	select {
	case f.changes <- struct{}{}:
	default:
	}
}

// changeElsewhere changes the row as another replica would, without one.
func (f *fakeLibrary) changeElsewhere(edit func(*library.Upload)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	edit(&f.upload)
	f.upload.Version++
}

// leave makes the offset unknown, or known again with nil.
func (f *fakeLibrary) leave(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.away = err
}

func (f *fakeLibrary) arrive(offset int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset = offset
}

// tokens maps the text of a token to its claims.
type tokens map[string]auth.Claims

func (t tokens) Verify(token string) (auth.Claims, error) {
	switch token {
	case "expired":
		return auth.Claims{}, auth.ErrExpired
	case "elsewhere":
		return auth.Claims{}, auth.ErrUnknownChannel
	case "unreadable":
		return auth.Claims{}, auth.ErrUnavailable
	case "wrong":
		return auth.Claims{}, &auth.InvalidError{Claim: "aud", Detail: "The token's aud claim is wrong."}
	}
	claims, ok := t[token]
	if !ok {
		return auth.Claims{}, auth.ErrInvalid
	}
	return claims, nil
}

func goodTokens() tokens {
	later := time.Now().Add(time.Hour)
	return tokens{
		"ada":      {Subject: "ada", Channel: "acme", Scopes: []string{"upload", "assets:read"}, ExpiresAt: later},
		"uploader": {Subject: "ada", Channel: "acme", Scopes: []string{"upload"}, ExpiresAt: later},
		"reader":   {Subject: "bob", Channel: "acme", Scopes: []string{"assets:read"}, ExpiresAt: later},
		"bob":      {Subject: "bob", Channel: "acme", Scopes: []string{"upload"}, ExpiresAt: later},
		"support":  {Subject: "sue", Channel: "acme", Scopes: []string{"uploads:any"}, ExpiresAt: later},
		"writer":   {Subject: "bob", Channel: "acme", Scopes: []string{"assets:read", "assets:write"}, ExpiresAt: later},
		"sender":   {Subject: "bob", Channel: "acme", Scopes: []string{"messages:send"}, ExpiresAt: later},
		"stranger": {Subject: "eve", Channel: "other", Scopes: []string{"upload", "assets:read"}, ExpiresAt: later},
	}
}

func webFiles() fstest.MapFS {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return fstest.MapFS{
		"index.html":                         file(`<!doctype html><title>Upload</title>{{if .Sandbox}}<p>sandbox</p>{{end}}{{range .Limits}}<p>{{.Kind}} {{.Size}}</p>{{end}}`),
		"engine.html":                        file(`<!doctype html><meta name="mediarelay-origins" content="{{.}}">`),
		"widget/media-upload.js":             file("element"),
		"widget/media-upload.js.br":          file("element in brotli"),
		"widget/media-upload.js.gz":          file("element in gzip"),
		"widget/worker-ABCDEFGH.js":          file("worker"),
		"widget/upload-worker-ABCDEFGH.js":   file("sending"),
		"widget/worker-engine-ABCDEFGH.js":   file("engine"),
		"widget/mediarelay-0a1b2c3d.wasm":    file("\x00asm and more"),
		"widget/mediarelay-0a1b2c3d.wasm.br": file("module in brotli"),
		"assets/page-ABCDEFGH.css":           file("body{}"),
	}
}

// world is a server and its fakes.
type world struct {
	t       testing.TB
	library *fakeLibrary
	config  httpapi.Config
	log     *lockedLog
	url     string
}

// newWorld starts a server. edit may change its config.
func newWorld(t testing.TB, edit func(*httpapi.Config)) *world {
	t.Helper()
	w := &world{t: t, library: newFakeLibrary(), log: &lockedLog{}}
	w.config = httpapi.Config{
		Verifier: goodTokens(), Uploads: w.library, Assets: w.library, Offsets: w.library,
		Files: http.HandlerFunc(echoClaims), Web: webFiles(),
		Now:     func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
		Logger:  logging.New(w.log, logging.Options{}),
		Metrics: httpapi.NewMetrics(),
	}
	if edit != nil {
		edit(&w.config)
	}
	handler, err := httpapi.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	w.url = server.URL
	return w
}

// echoClaims stands in for intake: it responds with the request and its subject.
func echoClaims(w http.ResponseWriter, r *http.Request) {
	claims, _ := auth.FromContext(r.Context())
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, r.Method+" "+r.URL.EscapedPath()+" "+claims.Subject+" "+string(body))
}

type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

type response struct {
	*http.Response
	body string
}

// json reads the body as JSON.
func (r response) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("the body is not JSON: %v\n%s", err, r.body)
	}
	return v
}

// ask sends a request; headers are "Name: value".
func (w *world) ask(method, path, token string, headers ...string) response {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) response {
	w.t.Helper()
	// The transport would add Accept-Encoding and unpack by itself.
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
	resp, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response{resp, string(body)}
}

// wantProblem checks that a response is a problem with the code.
func wantProblem(t *testing.T, r response, status int, code string) {
	t.Helper()
	if r.StatusCode != status || r.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("status %d, type %q, want a problem with %d:\n%s", r.StatusCode, r.Header.Get("Content-Type"), status, r.body)
	}
	if got := r.json(t)["code"]; got != code {
		t.Errorf("code %v, want %s", got, code)
	}
}
