package intake_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

func TestUploadInChunks(t *testing.T) {
	h := start(t, nil)
	path := h.create(11, pair("filename", "täst.txt"), pair("purpose", "message,template"))
	h.wantOffset(path, 0)
	a := h.want(h.do(patch(path, 0, "hello ")), http.StatusNoContent, "")
	if got := a.header.Get(tusproto.HeaderOffset); got != "6" {
		t.Errorf("offset %q, want 6", got)
	}
	wantExpiry(t, a)
	h.wantState(path, library.StateUploading)
	h.want(h.do(patch(path, 6, "world")), http.StatusNoContent, "")
	u := h.wantState(path, library.StateChecking)
	if u.SHA256 != digestOf("hello world") || u.Filename != "täst.txt" || len(u.Purposes) != 2 {
		t.Errorf("stored as %+v", u)
	}
	h.wantRelays(1)
	h.wantOffset(path, 11)
}

func TestCreationWithUpload(t *testing.T) {
	h := start(t, nil)
	r := creation(5, pair("sha256", digestOf("hello")))
	r.body, r.headers["Content-Type"] = "hello", tusproto.ContentType
	a := h.want(h.do(r), http.StatusCreated, "")
	if got := a.header.Get(tusproto.HeaderOffset); got != "5" {
		t.Errorf("offset %q, want 5", got)
	}
	h.wantState(a.header.Get("Location"), library.StateChecking)
	h.wantRelays(1)
}

func TestDigestAfterABrokenChunk(t *testing.T) {
	h := start(t, nil)
	path := h.create(11)
	h.want(h.do(patch(path, 0, "hello ")), http.StatusNoContent, "")
	// Bytes that this process did not receive, as after a restart.
	if _, err := h.bytes.Append(t.Context(), idOf(path), 6, strings.NewReader("wor")); err != nil {
		t.Fatal(err)
	}
	h.want(h.do(patch(path, 9, "ld")), http.StatusNoContent, "")
	if u := h.upload(path); u.SHA256 != digestOf("hello world") {
		t.Errorf("digest %s, want that of the stored bytes", u.SHA256)
	}
}

func TestADigestMismatchFailsTheUpload(t *testing.T) {
	h := start(t, nil)
	path := h.create(5, pair("sha256", digestOf("hello")))
	h.want(h.do(patch(path, 0, "hellO")), http.StatusNoContent, "")
	u := h.wantState(path, library.StateFailed)
	if u.Problem == nil || u.Problem.Reason.Code != reason.DigestMismatch || u.Problem.Retryable {
		t.Errorf("problem %+v, want a final digest_mismatch", u.Problem)
	}
	if err := h.library.RetryUpload(t.Context(), library.Caller{Channel: "acme", Subject: "ana"}, idOf(path)); !errors.Is(err, library.ErrFinal) {
		t.Errorf("a retry without bytes: %v, want ErrFinal", err)
	}
	if _, err := h.bytes.Offset(t.Context(), idOf(path)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the bytes are still there: %v", err)
	}
	h.wantOffset(path, 5)
	h.wantRelays(0)
}

func TestFileNamesAreCleaned(t *testing.T) {
	h := start(t, nil)
	for sent, want := range map[string]string{
		"../../etc/<b>x\n.txt": "<b>x.txt", `C:\Bilder\größe.jpg`: "größe.jpg", "evil\u202egpj.exe": "evilgpj.exe", "": "",
	} {
		if got := h.upload(h.create(5, pair("filename", sent))).Filename; got != want {
			t.Errorf("%q is stored as %q, want %q", sent, got, want)
		}
	}
}

// Source: tus 1.0.0, Headers.
func TestErrorsHaveTheHeadersOfTus(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	old := creation(5)
	old.headers["Tus-Resumable"] = "0.2.2"
	for name, c := range map[string]struct {
		request request
		status  int
		headers map[string]string
	}{
		"no token":          {request{method: http.MethodHead, path: path, as: "nobody"}, 401, nil},
		"unknown upload":    {head("/files/" + strings.Repeat("0", 32)), 404, nil},
		"no length":         {request{method: http.MethodPost, path: "/files/"}, 400, nil},
		"old version":       {old, 412, map[string]string{"Tus-Version": "1.0.0"}},
		"download":          {request{method: http.MethodGet, path: path}, 405, map[string]string{"Allow": "HEAD, PATCH, DELETE, OPTIONS"}},
		"list":              {request{method: http.MethodGet, path: "/files/"}, 405, map[string]string{"Allow": "POST, OPTIONS"}},
		"beyond its length": {patch(path, 0, "hello world"), 400, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := *h
			h.T = t
			a := h.do(c.request)
			if a.status != c.status || a.header.Get("Tus-Resumable") != "1.0.0" || strings.Contains(a.text, "{") && !strings.HasPrefix(a.text, "{") {
				t.Errorf("%d, Tus-Resumable %q: %s", a.status, a.header.Get("Tus-Resumable"), a.text)
			}
			for header, want := range c.headers {
				if got := a.header.Get(header); got != want {
					t.Errorf("%s: %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestInvalidCreations(t *testing.T) {
	h := start(t, nil)
	for name, c := range map[string]struct {
		change func(*request)
		status int
		code   reason.Code
	}{
		"no length":        {func(r *request) { delete(r.headers, "Upload-Length") }, 400, reason.ProblemLengthRequired},
		"negative length":  {setHeader("Upload-Length", "-1"), 400, reason.ProblemBadRequest},
		"signed length":    {setHeader("Upload-Length", "+5"), 400, reason.ProblemBadRequest},
		"hex length":       {setHeader("Upload-Length", "0x10"), 400, reason.ProblemBadRequest},
		"float length":     {setHeader("Upload-Length", "1e3"), 400, reason.ProblemBadRequest},
		"over 63 bits":     {setHeader("Upload-Length", "9223372036854775808"), 400, reason.ProblemBadRequest},
		"deferred length":  {setHeader("Upload-Defer-Length", "1"), 400, reason.ProblemBadRequest},
		"concatenation":    {setHeader("Upload-Concat", "partial"), 400, reason.ProblemBadRequest},
		"one byte too big": {setHeader("Upload-Length", "104857601"), 413, reason.ProblemPayloadTooLarge},
		"not base64":       {setHeader("Upload-Metadata", "filename ???"), 400, reason.ProblemBadRequest},
		"repeated key":     {setHeader("Upload-Metadata", "a YQ==,a YQ=="), 400, reason.ProblemBadRequest},
		"long metadata":    {setHeader("Upload-Metadata", "a "+strings.Repeat("YWFh", 1100)), 400, reason.ProblemBadRequest},
		"not UTF-8":        {setMetadata(pair("filename", "a\xff.jpg")), 400, reason.ProblemBadRequest},
		"NUL in a name":    {setMetadata(pair("filename", "a\x00.jpg")), 400, reason.ProblemBadRequest},
		"unknown purpose":  {setMetadata(pair("purpose", "message,poster")), 400, reason.ProblemBadRequest},
		"unknown kind":     {setMetadata(pair("kind", "movie")), 400, reason.ProblemBadRequest},
		"short digest":     {setMetadata(pair("sha256", "abc")), 400, reason.ProblemBadRequest},
		"long key":         {setMetadata(pair("key", strings.Repeat("k", 201))), 400, reason.ProblemBadRequest},
		"empty file":       {setHeader("Upload-Length", "0"), 422, reason.FileEmpty},
		"image of 6 MB": {
			func(r *request) { setMetadata(pair("kind", "image"))(r); setHeader("Upload-Length", "6000000")(r) }, 422, reason.FileTooLarge,
		},
		"old tus":          {setHeader("Tus-Resumable", "0.2.2"), 412, reason.ProblemUnsupportedVersion},
		"no token":         {func(r *request) { r.as = "nobody" }, 401, reason.ProblemUnauthorized},
		"above its token":  {narrow("Upload-Length", "11"), 413, reason.ProblemPayloadTooLarge},
		"kind not allowed": {narrowMetadata(pair("kind", "video")), 403, reason.ProblemForbidden},
		"purpose not allowed": {
			narrowMetadata(pair("purpose", "template")), 403, reason.ProblemForbidden,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := creation(5)
			c.change(&r)
			h := *h
			h.T = t
			h.want(h.do(r), c.status, string(c.code))
		})
	}
	if list, err := h.library.Unfinished(t.Context(), time.Now().Add(time.Hour), library.Cursor{}, 100); err != nil || len(list) != 0 {
		t.Errorf("a rejected creation left %d uploads, %v", len(list), err)
	}
}

func TestTheLargestUploadIsAccepted(t *testing.T) {
	h := start(t, nil)
	h.create(int(media.MaxUploadBytes))
}

func TestAnUnknownUploadAndAnotherChannelsAreNotFound(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	unknown := "/files/" + strings.Repeat("0", 32)
	for _, r := range []request{head(path), patch(path, 0, "hello"), {method: http.MethodDelete, path: path}} {
		for _, at := range []string{path, unknown} {
			r.path, r.as = at, "other upload"
			a := h.do(r)
			if r.method == http.MethodHead { // a HEAD response has no body
				a.code = "not_found"
			}
			h.want(a, http.StatusNotFound, "not_found")
		}
	}
	h.wantOffset(path, 0)
}

func TestOptionsListsTheExtensions(t *testing.T) {
	h := start(t, nil)
	a := h.do(request{method: http.MethodOptions, path: "/files/", as: "nobody"})
	for header, want := range map[string]string{
		"Tus-Version": "1.0.0", "Tus-Max-Size": "104857600",
		"Tus-Extension":          "creation,creation-with-upload,termination,checksum,expiration",
		"Tus-Checksum-Algorithm": "sha256,sha1",
	} {
		if got := a.header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestARepeatedCreationReturnsTheSameUpload(t *testing.T) {
	h := start(t, nil)
	key := pair("key", "0d6f9f4c")
	path := h.create(11, key)
	h.want(h.do(patch(path, 0, "hello ")), http.StatusNoContent, "")

	again := creation(11, key)
	again.body, again.headers["Content-Type"] = "hello world", tusproto.ContentType
	a := h.want(h.do(again), http.StatusCreated, "")
	if got := a.header.Get("Location"); got != path {
		t.Errorf("Location %q, want %q", got, path)
	}
	if got := a.header.Get(tusproto.HeaderOffset); got != "6" {
		t.Errorf("offset %q, want what is stored", got)
	}
	h.want(h.do(creation(12, key)), http.StatusConflict, "conflict")
	h.want(h.do(creation(11, key, pair("purpose", "template"))), http.StatusConflict, "conflict")
	elsewhere := creation(12, key)
	elsewhere.as = "other upload"
	h.want(h.do(elsewhere), http.StatusCreated, "")
}

func TestHeadDoesNotRenewTheExpiry(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	want := h.upload(path).TouchedAt.Add(24 * time.Hour).Format(http.TimeFormat)
	<-time.After(1100 * time.Millisecond) // the header counts whole seconds
	if got := h.do(head(path)).header.Get(tusproto.HeaderExpires); got != want {
		t.Errorf("Upload-Expires %q, want %q", got, want)
	}
}

func TestReconcileReachesEveryUpload(t *testing.T) {
	h := start(t, nil)
	whole := h.create(5)
	if _, err := h.bytes.Append(t.Context(), idOf(whole), 0, strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	for i := range 600 { // more than one query reads, and with older activity
		u := library.Upload{ID: fmt.Sprintf("%032x", i), Channel: "acme", Length: 5}
		h.must(h.library.CreateUpload(t.Context(), u))
	}
	h.must(h.library.TouchUpload(t.Context(), idOf(whole)))
	h.must(h.intake.Reconcile(t.Context()))
	h.wantState(whole, library.StateChecking)
}

// Bytes without a row are moved aside, logged and counted, and deleted only after the
// retention.
func TestOrphansAreMovedToTheQuarantine(t *testing.T) {
	h := start(t, func(c *intake.Config) { c.Retention = time.Hour })
	kept := h.create(5)
	id := strings.Repeat("0", 32)
	orphan := filepath.Join(h.root, "uploads", id)
	h.must(os.WriteFile(orphan, []byte("x"), 0o600))
	for _, file := range []string{orphan, filepath.Join(h.root, "uploads", idOf(kept))} {
		h.must(os.Chtimes(file, time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	h.intake.SweepOrphans(h.Context())
	moved, err := filepath.Glob(filepath.Join(h.root, "uploads", "quarantine", id+".*"))
	if err != nil || len(moved) != 1 {
		t.Fatalf("the quarantine has %v, %v, want the orphan", moved, err)
	}
	if content, err := os.ReadFile(moved[0]); err != nil || string(content) != "x" {
		t.Errorf("the orphan has %q, %v", content, err)
	}
	if got := h.metric("mediarelay_store_quarantined_total"); got != 1 {
		t.Errorf("%v are counted, want 1", got)
	}
	h.wantOffset(kept, 0)

	old := filepath.Join(h.root, "uploads", "quarantine", id+"."+time.Now().Add(-2*time.Hour).UTC().Format("20060102T150405Z"))
	h.must(os.Rename(moved[0], old))
	h.intake.SweepOrphans(h.Context())
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the retention: %v, want it deleted", err)
	}
}

// metric is the sum of a metric of the intake.
func (h *harness) metric(name string) (sum float64) {
	h.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(h.intake.Metrics())
	families, err := registry.Gather()
	h.must(err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == name {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// Run compares the store with the rows at its start.
func TestOrphansAreSweptAtTheStart(t *testing.T) {
	h := start(t, nil)
	kept := h.create(5)
	orphan := filepath.Join(h.root, "uploads", strings.Repeat("0", 32))
	h.must(os.WriteFile(orphan, []byte("x"), 0o600))
	for _, file := range []string{orphan, filepath.Join(h.root, "uploads", idOf(kept))} {
		h.must(os.Chtimes(file, time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { h.intake.Run(ctx); close(ended) }()
	for deadline := time.Now().Add(20 * time.Second); ; {
		if _, err := os.Stat(orphan); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the orphan is still there")
		}
		<-time.After(5 * time.Millisecond) // a removed file sends no event
	}
	stop()
	<-ended
	h.wantOffset(kept, 0)
}

func TestTerminationFailsWhileTheFileIsRelayed(t *testing.T) {
	h := start(t, nil)
	remove := func(path string) answer { return h.do(request{method: http.MethodDelete, path: path}) }
	open, whole := h.create(5), h.create(5)
	h.want(h.do(patch(whole, 0, "hello")), http.StatusNoContent, "")

	h.want(remove(open), http.StatusNoContent, "")
	h.want(remove(open), http.StatusNotFound, "not_found")
	h.want(remove(whole), http.StatusConflict, "conflict")
	h.wantState(whole, library.StateChecking)
}

func TestExpiredUploadsAreSwept(t *testing.T) {
	h := start(t, func(c *intake.Config) { c.Expiry = time.Nanosecond })
	path := h.create(5)
	kept := h.create(5)
	held, err := h.keeper.Acquire(t.Context(), "upload/"+idOf(kept)) // a PATCH is in progress
	h.must(err)
	<-time.After(2 * time.Millisecond) // the row's times are in whole milliseconds
	h.must(h.intake.Reconcile(t.Context()))
	h.want(h.do(patch(path, 0, "hello")), http.StatusNotFound, "not_found")
	h.must(held.Release(t.Context()))
	h.wantOffset(kept, 0)
}

func wantExpiry(t *testing.T, a answer) {
	t.Helper()
	at, err := http.ParseTime(a.header.Get(tusproto.HeaderExpires))
	if err != nil || at.Before(time.Now().Add(23*time.Hour)) {
		t.Errorf("Upload-Expires %q, want a day ahead", a.header.Get(tusproto.HeaderExpires))
	}
}

func setHeader(name, value string) func(*request) {
	return func(r *request) { r.headers[name] = value }
}

func setMetadata(pairs ...tusproto.Pair) func(*request) {
	return setHeader("Upload-Metadata", tusproto.EncodeMetadata(pairs))
}

func narrow(name, value string) func(*request) {
	return func(r *request) {
		r.as = "narrow upload"
		r.headers[name] = value
	}
}

func narrowMetadata(pairs ...tusproto.Pair) func(*request) {
	return narrow("Upload-Metadata", tusproto.EncodeMetadata(pairs))
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
