package intake_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/reason"
)

// A stored file that is longer than its upload fails that upload with a code, whether
// the client or the reconciler finds it. Other uploads are not affected.
func TestAStoredFileThatGrewFailsOnlyItsUpload(t *testing.T) {
	for name, look := range map[string]func(h *harness, path string){
		"by the client":     func(h *harness, path string) { h.do(head(path)) },
		"by the reconciler": func(h *harness, _ string) { h.must(h.intake.Reconcile(h.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, nil)
			grown, other := h.create(5), h.create(5)
			_, err := h.bytes.Append(h.Context(), idOf(grown), 0, strings.NewReader("hello and more"))
			h.must(err)
			look(h, grown)
			if u := h.wantState(grown, library.StateFailed); u.Problem == nil || u.Problem.Reason.Code != reason.DigestMismatch {
				t.Errorf("problem %+v", u.Problem)
			}
			h.wantOffset(grown, 5)
			h.want(h.do(patch(other, 0, "hello")), http.StatusNoContent, "")
			h.wantState(other, library.StateChecking)
		})
	}
}

// An upload whose stored file is missing is not found. Other uploads are not affected.
func TestAMissingStoredFileIsNotFound(t *testing.T) {
	h := start(t, nil)
	gone, other := h.create(5), h.create(5)
	h.must(h.bytes.Remove(h.Context(), idOf(gone)))
	if a := h.do(head(gone)); a.status != http.StatusNotFound {
		t.Errorf("HEAD: %d, want 404", a.status)
	}
	h.want(h.do(patch(gone, 0, "hello")), http.StatusNotFound, "not_found")
	h.must(h.intake.Reconcile(h.Context()))
	h.want(h.do(patch(other, 0, "hello")), http.StatusNoContent, "")
	h.wantState(other, library.StateChecking)
}

// A clock that is set forward by days does not make uploads days older.
func TestAClockThatJumpsExpiresNothing(t *testing.T) {
	h := start(t, nil)
	h.intake.SetWallClock(func() time.Time { return time.Now().Add(100 * 24 * time.Hour) })
	path := h.create(5)
	h.want(h.do(patch(path, 0, "hel")), http.StatusNoContent, "")
	h.must(h.intake.Reconcile(h.Context()))
	h.wantOffset(path, 3)
}
