package intake_test

import (
	"context"
	"database/sql"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// always is a lease that is held.
type always struct{}

func (always) Check(context.Context, *sql.Tx) error { return nil }

var key = pair("key", "of this content")

// whole creates an upload with the key and sends all of it.
func (h *harness) whole() string {
	h.Helper()
	path := h.create(5, key)
	h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	return path
}

// done is whole, and relayed.
func (h *harness) done() string {
	h.Helper()
	path := h.whole()
	id, err := h.library.RecordCopy(h.Context(), always{},
		library.Content{ID: library.NewID(), Channel: "acme", SHA256: digestOf("hello"), Size: 5, UploadID: idOf(path)},
		library.Copy{Copy: media.CopyMediaID, Value: "1", ExpiresAt: time.Now().Add(time.Hour)})
	h.must(err)
	h.must(h.library.CompleteUpload(h.Context(), always{}, idOf(path), id))
	return path
}

func TestAKeyReturnsItsUploadHoweverItEnded(t *testing.T) {
	for state, end := range map[library.State]func(h *harness) string{
		library.StateChecking: (*harness).whole,
		library.StateDone:     (*harness).done,
		library.StateFailed: func(h *harness) string {
			path := h.whole()
			h.must(h.library.FailUpload(h.Context(), always{}, idOf(path), library.Problem{Reason: reason.Reason{Code: reason.ProviderRefused}}))
			return path
		},
		library.StateRefused: func(h *harness) string {
			path := h.whole()
			h.must(h.library.RefuseUpload(h.Context(), always{}, idOf(path), preflight.Verdict{Outcome: preflight.Refuse}))
			return path
		},
	} {
		t.Run(string(state), func(t *testing.T) {
			h := start(t, nil)
			path := end(h)
			a := h.want(h.do(creation(5, key)), http.StatusCreated, "")
			if a.header.Get("Location") != path || a.header.Get(tusproto.HeaderOffset) != "5" {
				t.Errorf("Location %q, offset %q, want the first upload, whole", a.header.Get("Location"), a.header.Get(tusproto.HeaderOffset))
			}
			h.wantState(path, state)
		})
	}
}

func TestAKeyIsReleasedWithItsUpload(t *testing.T) {
	for name, gone := range map[string]func(h *harness, now *atomic.Int64) string{
		"terminated": func(h *harness, _ *atomic.Int64) string {
			path := h.create(5, key)
			h.want(h.do(request{method: http.MethodDelete, path: path}), http.StatusNoContent, "")
			return path
		},
		"expired": func(h *harness, now *atomic.Int64) string {
			path := h.create(5, key)
			now.Add(int64(25 * time.Hour))
			h.must(h.intake.Reconcile(h.Context()))
			return path
		},
		"kept long enough": func(h *harness, now *atomic.Int64) string {
			path := h.done()
			now.Add(int64(721 * time.Hour))
			h.must(h.intake.Reconcile(h.Context()))
			return path
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, nil)
			now := h.clock()
			first := gone(h, now)
			h.want(h.do(patch(first, 0, "hello")), http.StatusNotFound, "not_found")
			second := h.create(5, key)
			if second == first {
				t.Error("the new creation returns the removed upload")
			}
			h.wantOffset(second, 0)
		})
	}
}

// clock gives the intake a clock that a test can advance.
func (h *harness) clock() *atomic.Int64 {
	ahead := &atomic.Int64{}
	h.intake.SetClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	return ahead
}

func TestAKeyIsReleasedWithItsAsset(t *testing.T) {
	deleted := &withoutAssets{}
	h := start(t, func(c *intake.Config) {
		deleted.Library = c.Uploads.(*library.Library)
		c.Uploads = deleted
	})
	first := h.done()
	deleted.now = true
	second := h.create(5, key)
	if second == first {
		t.Fatal("the key still names the upload of an asset that is gone")
	}
	h.want(h.do(patch(second, 0, "hello")), http.StatusNoContent, "")
	h.wantState(second, library.StateChecking)
}

// withoutAssets finds no asset once it is set.
type withoutAssets struct {
	*library.Library
	now bool
}

func (w *withoutAssets) Asset(ctx context.Context, channel, id string) (library.Asset, error) {
	if w.now {
		return library.Asset{}, library.ErrNotFound
	}
	return w.Library.Asset(ctx, channel, id)
}

// The lookup finds nothing, and then another request creates the upload.
func TestACreationThatLosesTheRaceForItsKeyReturnsTheWinner(t *testing.T) {
	late := &lateLookup{}
	h := start(t, func(c *intake.Config) {
		late.Library = c.Uploads.(*library.Library)
		c.Uploads = late
	})
	first := h.create(5, key)
	late.blind.Store(1)
	r := checked(creation(5, key), sha256Of("hello"))
	r.body, r.headers["Content-Type"] = "hello", tusproto.ContentType
	a := h.want(h.do(r), http.StatusCreated, "")
	if late.blind.Load() >= 0 {
		t.Fatal("the race was not run")
	}
	if a.header.Get("Location") != first || a.header.Get(tusproto.HeaderOffset) != "0" || a.text != "" {
		t.Errorf("Location %q, offset %q, body %q", a.header.Get("Location"), a.header.Get(tusproto.HeaderOffset), a.text)
	}
	if a.header.Get("Content-Type") != "" {
		t.Errorf("the Content-Type %q of the discarded error is left", a.header.Get("Content-Type"))
	}
}

// lateLookup finds no key a number of times.
type lateLookup struct {
	*library.Library
	blind atomic.Int32
}

func (l *lateLookup) UploadByKey(ctx context.Context, channel, subject, key string) (library.Upload, error) {
	if l.blind.Add(-1) >= 0 {
		return library.Upload{}, library.ErrNotFound
	}
	return l.Library.UploadByKey(ctx, channel, subject, key)
}

func TestConcurrentCreationsWithOneKeyCreateOneUpload(t *testing.T) {
	h := start(t, nil)
	const clients = 12
	var ready, ended sync.WaitGroup
	answers := make([]answer, clients)
	ready.Add(clients)
	for n := range clients {
		ended.Go(func() {
			r := creation(5, key)
			if n%2 == 0 {
				r.body, r.headers["Content-Type"] = "hello", tusproto.ContentType
			}
			ready.Done()
			ready.Wait()
			answers[n] = h.do(r)
		})
	}
	ended.Wait()
	for _, a := range answers {
		h.want(a, http.StatusCreated, "")
		if a.header.Get("Location") != answers[0].header.Get("Location") {
			t.Errorf("two uploads: %s and %s", a.header.Get("Location"), answers[0].header.Get("Location"))
		}
	}
	path := answers[0].header.Get("Location")
	if u := h.upload(path); u.State == library.StateUploading {
		h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	}
	if u := h.wantState(path, library.StateChecking); u.SHA256 != digestOf("hello") {
		t.Errorf("digest %s", u.SHA256)
	}
	h.wantRelays(1)
}

func TestTheBodyOfARepeatedCreationIsNotStored(t *testing.T) {
	h := start(t, nil)
	path := h.create(11, key)
	h.want(h.do(patch(path, 0, "hello ")), http.StatusNoContent, "")
	again := creation(11, key)
	again.body, again.headers["Content-Type"] = "XXXXXXXXXXX", tusproto.ContentType
	a := h.want(h.do(again), http.StatusCreated, "")
	if got := a.header.Get(tusproto.HeaderOffset); got != "6" {
		t.Errorf("offset %q, want 6", got)
	}
	if got := string(h.stored(path)); got != "hello " {
		t.Errorf("stored %q", got)
	}
	h.want(h.do(patch(path, 6, "world")), http.StatusNoContent, "")
	if u := h.upload(path); u.SHA256 != digestOf("hello world") {
		t.Errorf("digest %s", u.SHA256)
	}
}

// The response's Upload-Expires must be true.
func TestARepeatedCreationRenewsTheExpiry(t *testing.T) {
	h := start(t, nil)
	path := h.create(5, key)
	before := h.upload(path).TouchedAt
	<-time.After(2 * time.Millisecond) // the row's times are in whole milliseconds
	if again := h.create(5, key); again != path {
		t.Fatalf("another upload: %s", again)
	}
	if after := h.upload(path).TouchedAt; !after.After(before) {
		t.Errorf("touched at %v, want later than %v", after, before)
	}
}
