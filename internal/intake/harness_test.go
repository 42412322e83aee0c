package intake_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"go.uber.org/goleak"

	"mediarelay/internal/auth"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/intake"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/problem"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	// tusd keeps one goroutine for each request for its completion timeout.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/tus/tusd/v2/pkg/handler.newDelayedContext.func1"))
}

// harness is an intake behind a real server and gin, on SQLite and a folder.
// Requests carry their claims as "Authorization: CHANNEL[/SUBJECT] [scope …]". The subject
// is ana by default, and the channel narrow is acme with a token that has limits.
type harness struct {
	*testing.T
	url     string
	root    string // the folder that holds the store's folder
	library *library.Library
	bytes   *store.Folder
	keeper  *lease.Keeper
	intake  *intake.Intake
	server  *httptest.Server
}

// start starts one. change may replace its components.
func start(t *testing.T, change func(*intake.Config)) *harness {
	t.Helper()
	db := databasetest.SQLite(t)
	h := &harness{T: t, root: t.TempDir(), library: library.New(db), keeper: lease.NewKeeper(db)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { h.keeper.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	var err error
	h.bytes, err = store.OpenFolder(filepath.Join(h.root, "uploads"))
	h.must(err)
	config := intake.Config{Uploads: h.library, Bytes: h.bytes, Leases: h.keeper}
	if change != nil {
		change(&config)
	}
	h.intake, err = intake.New(config)
	h.must(err)
	h.serve()
	return h
}

func (h *harness) serve() {
	engine := gin.New()
	engine.Any("/files/*any", func(c *gin.Context) { h.intake.ServeHTTP(c.Writer, withClaims(c.Request)) })
	h.server = httptest.NewServer(engine)
	h.Cleanup(h.server.Close)
	h.url = h.server.URL
}

func withClaims(r *http.Request) *http.Request {
	channel, scopes, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if channel == "" {
		return r
	}
	channel, subject, _ := strings.Cut(channel, "/")
	claims := auth.Claims{Subject: cmp.Or(subject, "ana"), Channel: channel, Scopes: strings.Fields(scopes)}
	if channel == "narrow" {
		claims.Channel = "acme"
		claims.MaxBytes, claims.Kinds = 10, []media.Kind{media.KindImage}
		claims.Purposes = []media.Purpose{media.PurposeMessage}
	}
	return r.WithContext(auth.NewContext(r.Context(), claims))
}

const acme = "acme upload"

// request is one tus request.
type request struct {
	method, path string
	as           string // the claims; empty means acme
	headers      map[string]string
	body         string
}

// answer is the response to a request.
type answer struct {
	status int
	header http.Header
	code   string // of a problem
	text   string
}

func (h *harness) do(r request) answer {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), r.method, h.url+r.path, strings.NewReader(r.body))
	h.must(err)
	return h.send(req, r)
}

func (h *harness) send(req *http.Request, r request) answer {
	h.Helper()
	if r.as == "" {
		r.as = acme
	}
	req.Header.Set("Authorization", strings.TrimPrefix(r.as, "nobody"))
	req.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range r.headers {
		req.Header.Set(name, value)
	}
	req.Host = req.Header.Get("Host") // empty means that of the URL
	resp, err := http.DefaultTransport.RoundTrip(req)
	h.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	h.must(err)
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	var p struct{ Code string }
	if resp.Header.Get("Content-Type") == problem.ContentType && json.Unmarshal(text, &p) == nil {
		a.code = p.Code
	}
	return a
}

func (h *harness) want(a answer, status int, code string) answer {
	h.Helper()
	if a.status != status || a.code != code {
		h.Errorf("got %d %q, want %d %q; %s", a.status, a.code, status, code, a.text)
	}
	if strings.Contains(a.text, "ERR_") {
		h.Errorf("the response has tusd's text: %s", a.text)
	}
	return a
}

// creation is a POST for a file of a length, with metadata.
func creation(length int, metadata ...tusproto.Pair) request {
	return request{method: http.MethodPost, path: "/files/", headers: map[string]string{
		tusproto.HeaderLength: strconv.Itoa(length), tusproto.HeaderMetadata: tusproto.EncodeMetadata(metadata),
	}}
}

// create makes an upload and returns its path.
func (h *harness) create(length int, metadata ...tusproto.Pair) string {
	h.Helper()
	a := h.want(h.do(creation(length, metadata...)), http.StatusCreated, "")
	path := a.header.Get("Location")
	if !strings.HasPrefix(path, "/files/") {
		h.Fatalf("Location %q is not under /files/", path)
	}
	return path
}

func patch(path string, offset int, chunk string) request {
	return request{method: http.MethodPatch, path: path, body: chunk, headers: map[string]string{
		"Content-Type": tusproto.ContentType, tusproto.HeaderOffset: strconv.Itoa(offset),
	}}
}

func head(path string) request { return request{method: http.MethodHead, path: path} }

func (h *harness) wantOffset(path string, want int) {
	h.Helper()
	a := h.want(h.do(head(path)), http.StatusOK, "")
	if got := a.header.Get(tusproto.HeaderOffset); got != strconv.Itoa(want) {
		h.Errorf("offset %q, want %d", got, want)
	}
}

func (h *harness) upload(path string) library.Upload {
	h.Helper()
	u, err := h.library.UploadByID(h.Context(), idOf(path))
	h.must(err)
	return u
}

func (h *harness) wantState(path string, want library.State) library.Upload {
	h.Helper()
	u := h.upload(path)
	if u.State != want {
		h.Errorf("state %q, want %q", u.State, want)
	}
	return u
}

func (h *harness) wantRelays(want int) {
	h.Helper()
	due, err := h.library.DueRelays(h.Context(), func(string) library.Capacity { return library.Capacity{Free: 10} })
	h.must(err)
	if len(due) != want {
		h.Errorf("%d relays are open, want %d", len(due), want)
	}
}

func (h *harness) stored(path string) []byte {
	h.Helper()
	content, err := h.bytes.Open(h.Context(), idOf(path))
	h.must(err)
	defer content.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(content)
	h.must(err)
	return b.Bytes()
}

func (h *harness) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func idOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func pair(key, value string) tusproto.Pair { return tusproto.Pair{Key: key, Value: value} }
