package httpapi_test

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
)

// feedWorld is a server on a library of its own, whose clock the test may move.
type feedWorld struct {
	*world
	*library.Library
}

func newFeedWorld(t testing.TB, db *database.DB, edit func(*httpapi.Config)) *feedWorld {
	t.Helper()
	l := library.New(db)
	return &feedWorld{Library: l, world: newWorld(t, func(c *httpapi.Config) {
		*c = c.WithTiming(time.Hour, time.Hour, patience)
		c.Uploads, c.Feed, c.Assets, c.Now = l, l, l, l.Now
		if edit != nil {
			edit(c)
		}
	})}
}

// eachFeed runs a test on SQLite and on Postgres.
func eachFeed(t *testing.T, test func(w *feedWorld)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(newFeedWorld(t, db, nil)) })
}

func (w *feedWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// heldLease stands in for the lease of a relay's worker.
type heldLease struct{}

func (heldLease) Check(context.Context, *sql.Tx) error { return nil }

// begin creates an upload; owner is "subject" or "channel/subject".
func (w *feedWorld) begin(id, channel, subject string) {
	w.t.Helper()
	w.must(w.CreateUpload(w.t.Context(), library.Upload{
		ID: id, Channel: channel, Subject: subject, ClientKey: id, Length: 1000, Filename: id, Purposes: []media.Purpose{media.PurposeMessage},
	}))
}

// finish receives the last byte of an upload.
func (w *feedWorld) finish(id string) {
	w.t.Helper()
	w.must(w.FinishUpload(w.t.Context(), id, "digest-of-"+id, nil))
}

// relay relays a finished upload of the channel acme.
func (w *feedWorld) relay(id string) {
	w.t.Helper()
	w.must(w.AcceptUpload(w.t.Context(), heldLease{}, id, preflight.Verdict{Outcome: preflight.Accept}))
	content, err := w.RecordCopy(w.t.Context(), heldLease{},
		library.Content{ID: "content-of-" + id, Channel: "acme", SHA256: "digest-of-" + id, UploadID: id},
		library.Copy{Copy: media.CopyMediaID, Value: "media-of-" + id, ExpiresAt: w.Now().Add(time.Hour)})
	w.must(err)
	w.must(w.CompleteUpload(w.t.Context(), heldLease{}, id, content))
}

// idOf is the ID of an event's resource.
func idOf(t testing.TB, e event) string {
	t.Helper()
	var body struct{ ID string }
	if err := json.Unmarshal([]byte(e["data"]), &body); err != nil {
		t.Fatal(err)
	}
	return body.ID
}

// told is what an event says: "upload u1 done", "asset" with its filename, or "ready".
func told(t testing.TB, e event) string {
	t.Helper()
	var body struct{ ID, State, Filename string }
	if err := json.Unmarshal([]byte(e["data"]), &body); err != nil {
		t.Fatalf("%v: %v", err, e)
	}
	text := e["event"]
	if text == "asset" {
		return text + " " + body.Filename
	}
	for _, part := range []string{body.ID, body.State} {
		if part != "" {
			text += " " + part
		}
	}
	return text
}

// wants reads events until each of them has come, in this order. States between them may be
// left out, since changes of one upload are merged.
func (s *watcher) wants(expected ...string) {
	s.t.Helper()
	var heard []string
	for _, want := range expected {
		for {
			e := s.nextOrFail(fmt.Sprintf("%q after %q", want, heard))
			if e["data"] == "" {
				continue
			}
			heard = append(heard, told(s.t, e))
			if heard[len(heard)-1] == want {
				break
			}
		}
	}
}

// wantsExactly reads exactly these events, past comments.
func (s *watcher) wantsExactly(expected ...string) (last event) {
	s.t.Helper()
	for _, want := range expected {
		last = s.nextState()
		if got := told(s.t, last); got != want {
			s.t.Fatalf("got %q, want %q", got, want)
		}
	}
	return last
}

func (s *watcher) nextOrFail(what string) event {
	s.t.Helper()
	select {
	case e, open := <-s.events:
		if open {
			return e
		}
		s.t.Fatalf("the stream has ended; want %s", what)
	case <-time.After(patience):
		s.t.Fatalf("no event came; want %s", what)
	}
	return nil
}

func (w *feedWorld) follow(token string, headers ...string) *watcher {
	w.t.Helper()
	return w.watchPath("/v1/events", token, headers...)
}

func TestOneStreamTellsOfAllUploadsOfASubject(t *testing.T) {
	eachFeed(t, func(w *feedWorld) {
		w.begin("u1", "acme", "ada")
		w.begin("u2", "acme", "ada")
		w.finish("u2")
		w.relay("u2")
		s := w.follow("ada")
		if got := s.resp.Header.Get("Content-Type") + s.resp.Header.Get("X-Accel-Buffering"); got != "text/event-streamno" {
			t.Errorf("headers %q", got)
		}
		if e := s.next(); e["retry"] == "" {
			t.Errorf("got %v, want the time to reconnect after", e)
		}
		ready := s.wantsExactly("upload u1 uploading", "upload u2 done", "ready")
		if ready["id"] == "" {
			t.Error("the first state ends without an ID")
		}
		w.begin("u3", "acme", "ada")
		s.wants("upload u3 uploading")
		w.finish("u1")
		s.wants("upload u1 checking")
		w.relay("u1")
		s.wants("upload u1 done")
		w.finish("u3")
		w.must(w.FailUpload(t.Context(), heldLease{}, "u3", library.Problem{Retryable: true}))
		s.wants("upload u3 failed")
		w.must(w.RetryUpload(t.Context(), library.Caller{Channel: "acme", Subject: "ada"}, "u3"))
		s.wants("upload u3 checking")
	})
}

// What an event says is what the resource of the upload says.
func TestAnEventIsTheResourceOfTheUpload(t *testing.T) {
	eachFeed(t, func(w *feedWorld) {
		w.begin("u1", "acme", "ada")
		w.finish("u1")
		w.relay("u1")
		e := w.follow("ada").nextState()
		if r := w.ask("GET", "/v1/uploads/u1", "ada"); r.body != e["data"] {
			t.Errorf("the event has\n%s\nthe resource is\n%s", e["data"], r.body)
		}
	})
}

func TestNewAssetsAreToldToWhoMayReadTheLibrary(t *testing.T) {
	eachFeed(t, func(w *feedWorld) {
		reader, uploader := w.follow("ada"), w.follow("uploader")
		reader.wantsExactly("ready")
		uploader.wantsExactly("ready")
		w.begin("u1", "acme", "bob") // the library is the channel's
		w.finish("u1")
		w.relay("u1")
		e := reader.nextState()
		if told(t, e) != "asset u1" {
			t.Fatalf("got %v", e)
		}
		if r := w.ask("GET", "/v1/assets/"+idOf(t, e), "ada"); r.body != e["data"] {
			t.Errorf("the event has\n%s\nthe resource is\n%s", e["data"], r.body)
		}
		w.begin("u2", "acme", "ada")
		uploader.wantsExactly("upload u2 uploading")
	})
}

// A subject hears of its own uploads, support of those of its channel, and nobody of
// another channel's.
func TestAStreamTellsOfNobodyElsesUploads(t *testing.T) {
	eachFeed(t, func(w *feedWorld) {
		begin := func(generation string) {
			w.begin("ada"+generation, "acme", "ada")
			w.begin("bob"+generation, "acme", "bob")
			w.begin("eve"+generation, "other", "eve")
		}
		begin("1")
		ada, bob, support, eve := w.follow("ada"), w.follow("bob"), w.follow("support"), w.follow("stranger")
		ada.wantsExactly("upload ada1 uploading", "ready")
		bob.wantsExactly("upload bob1 uploading", "ready")
		eve.wantsExactly("upload eve1 uploading", "ready")
		support.nextState()
		support.nextState()
		support.wantsExactly("ready")
		begin("2")
		ada.wantsExactly("upload ada2 uploading")
		bob.wantsExactly("upload bob2 uploading")
		eve.wantsExactly("upload eve2 uploading")
		heard := map[string]bool{told(t, support.nextState()): true, told(t, support.nextState()): true}
		if !heard["upload ada2 uploading"] || !heard["upload bob2 uploading"] {
			t.Errorf("support hears %v", heard)
		}
		wantProblem(t, w.ask("GET", "/v1/events", "reader"), 403, "forbidden_scope")
		wantProblem(t, w.ask("GET", "/v1/events", ""), 401, "unauthorized")
	})
}

// A stream resumes after the last event that the client has: it repeats the last minutes at
// most, and misses no end.
func TestAStreamResumesAfterTheLastEvent(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		w := newFeedWorld(t, db, func(c *httpapi.Config) {
			verifier := goodTokens()
			for name, claims := range verifier {
				claims.ExpiresAt = time.Now().Add(1000 * time.Hour)
				verifier[name] = claims
			}
			c.Verifier = verifier
		})
		w.begin("before", "acme", "ada")
		w.finish("before")
		w.relay("before")
		w.begin("quiet", "acme", "ada")
		move(time.Second)
		w.begin("ends", "acme", "ada")
		move(10 * time.Minute)
		first := w.follow("ada")
		id := first.wantsExactly("upload quiet uploading", "upload ends uploading", "upload before done", "ready")["id"]
		first.close()
		move(30 * time.Minute)
		w.finish("ends")
		w.relay("ends")
		w.begin("new", "acme", "ada")
		move(2 * time.Hour) // longer than the first state reaches back
		resumed := w.follow("ada", "Last-Event-ID: "+id)
		resumed.wantsExactly("upload new uploading", "upload ends done", "asset ends", "ready")
		fresh := w.follow("ada")
		fresh.wantsExactly("upload quiet uploading", "upload new uploading", "ready")
		for _, odd := range []string{"yesterday", "-1", "1", "99999999999999999999"} {
			w.follow("ada", "Last-Event-ID: "+odd).wantsExactly("upload quiet uploading", "upload new uploading", "ready")
		}
		move(48 * time.Hour)
		w.follow("ada", "Last-Event-ID: "+id).wantsExactly("upload quiet uploading", "upload new uploading", "ready")
	})
}

// More ends than a page holds, while nobody listened: all of them come.
func TestAResumedStreamSendsEveryEnd(t *testing.T) {
	db := databasetest.SQLite(t)
	w := newFeedWorld(t, db, nil)
	id := w.follow("ada").wantsExactly("ready")["id"]
	const ends = 450
	for i := range ends {
		name := fmt.Sprintf("u%d", i)
		w.begin(name, "acme", "ada")
		w.finish(name)
		w.must(w.FailUpload(t.Context(), heldLease{}, name, library.Problem{}))
	}
	s := w.follow("ada", "Last-Event-ID: "+id)
	heard := map[string]bool{}
	for {
		text := told(t, s.nextState())
		if text == "ready" {
			break
		}
		heard[text] = true
	}
	if len(heard) != ends {
		t.Errorf("%d ends came, want %d", len(heard), ends)
	}
}

// Two replicas share a Postgres database: a change by one is told by the streams of the
// other.
func TestAStreamTellsOfTheChangesOfAnotherReplica(t *testing.T) {
	url := databasetest.PostgresURL(t)
	replica := func() *feedWorld {
		db, err := database.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return newFeedWorld(t, db, nil)
	}
	here, there := replica(), replica()
	s, support := here.follow("ada"), here.follow("support")
	s.wantsExactly("ready")
	support.wantsExactly("ready")
	there.begin("u1", "acme", "ada")
	s.wants("upload u1 uploading")
	there.finish("u1")
	s.wants("upload u1 checking")
	there.must(there.ScheduleRetry(t.Context(), heldLease{}, "u1", library.Retry{At: there.Now()}))
	there.must(there.UpdateChannel(t.Context(), "acme", func(*sql.Tx) (bool, error) { return true, nil }))
	there.relay("u1")
	s.wants("upload u1 done")
	support.wants("upload u1 done")
}

func TestAllStreamsCountAgainstTheLimit(t *testing.T) {
	w := newFeedWorld(t, databasetest.SQLite(t), func(c *httpapi.Config) { *c = c.WithStreamLimits(2, 100) })
	w.follow("ada").wantsExactly("ready")
	second := w.follow("uploader") // the same subject
	second.wantsExactly("ready")
	r := w.ask("GET", "/v1/events", "ada")
	wantProblem(t, r, 429, "too_many_requests")
	w.follow("bob").wantsExactly("ready")
	second.close()
	for range 100 {
		s := w.follow("ada")
		if s.resp.StatusCode == 200 {
			s.wantsExactly("ready")
			return
		}
		s.close()
	}
	t.Error("the place of an ended stream is not free")
}

// A heartbeat tells a client how far it is, so that it repeats little when it resumes.
func TestAHeartbeatMovesTheCursor(t *testing.T) {
	w := newFeedWorld(t, databasetest.SQLite(t), func(c *httpapi.Config) { *c = c.WithTiming(20*time.Millisecond, time.Hour, patience) })
	s := w.follow("ada")
	first := s.wantsExactly("ready")["id"]
	for {
		e := s.next()
		if e[""] == "" || e["id"] == "" {
			t.Fatalf("got %v, want a comment with an ID", e)
		}
		if cmp.Compare(e["id"], first) > 0 { // both have 13 digits
			return
		}
	}
}

func TestAStreamOfAllUploadsEndsWithItsToken(t *testing.T) {
	ends := time.Now().Add(2 * time.Second) // enough to open the stream on a busy machine
	w := newFeedWorld(t, databasetest.SQLite(t), func(c *httpapi.Config) {
		c.Verifier = tokens{"short": {Subject: "ada", Channel: "acme", Scopes: []string{"upload"}, ExpiresAt: ends.Add(-auth.Leeway)}}
	})
	s := w.follow("short")
	s.wantsExactly("ready")
	s.ends()
	if early := time.Until(ends); early > 0 {
		t.Errorf("it ended %v before the token", early)
	}
}
