package httpapi_test

import (
	"testing"

	"mediarelay/internal/httpapi"
)

const eventsPath = "/v1/uploads/" + uploadID + "/events"

func TestEventStreamsOfASubjectAreLimited(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { calm(c); *c = c.WithStreamLimits(2, 100) })
	first := w.watch("ada")
	first.nextState()
	w.watch("uploader").nextState() // the same subject, with another token
	r := w.ask("GET", eventsPath, "ada")
	wantProblem(t, r, 429, "too_many_requests")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if r := w.ask("GET", "/v1/uploads/"+uploadID, "ada"); r.StatusCode != 200 {
		t.Errorf("the upload's state: %d, want 200", r.StatusCode)
	}
	<-w.library.left // the refused one
	first.close()
	await(t, "the end of a stream", w.library.left)
	awaitStream(w)
}

func TestEventStreamsOfAllAreLimited(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { calm(c); *c = c.WithStreamLimits(100, 1) })
	w.watch("ada").nextState()
	wantProblem(t, w.ask("GET", eventsPath, "uploader"), 429, "too_many_requests")
}

// awaitStream opens a stream as soon as the server has counted the end of another one.
func awaitStream(w *world) {
	w.t.Helper()
	for range 100 {
		s := w.watch("ada")
		if s.resp.StatusCode == 200 {
			s.nextState()
			return
		}
		s.close()
	}
	w.t.Error("the place of an ended stream is not free")
}
