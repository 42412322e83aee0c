package intake_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/problem"
	"mediarelay/internal/reason"
)

// While the store is another folder, nothing is acknowledged and nothing is swept.
func TestAReplacedFolderAcknowledgesNothing(t *testing.T) {
	h := start(t, nil)
	path := h.create(5, pair("key", "k"))
	h.want(h.do(patch(path, 0, "he")), http.StatusNoContent, "")
	folder := filepath.Join(h.root, "uploads")
	h.must(os.Rename(folder, folder+".old"))
	h.must(os.Mkdir(folder, 0o700))

	for name, r := range map[string]request{"creation": creation(5), "repeated creation": creation(5, pair("key", "k")), "chunk": patch(path, 2, "llo")} {
		if a := h.want(h.do(r), http.StatusServiceUnavailable, "unavailable"); !strings.Contains(a.text, "store") {
			t.Errorf("%s: the problem does not name the store: %s", name, a.text)
		}
	}
	h.want(h.do(head(path)), http.StatusLocked, "")
	if _, err := h.intake.Offset(h.Context(), idOf(path)); problem.From(err).Status != http.StatusServiceUnavailable {
		t.Errorf("the offset: %v, want a 503", err)
	}
	now := time.Now().Add(100 * time.Hour)
	h.intake.SetClock(func() time.Time { return now })
	if err := h.intake.Reconcile(h.Context()); err == nil {
		t.Error("the reconciler ran")
	}
	h.wantState(path, library.StateUploading)

	h.intake.SetClock(time.Now)
	h.must(os.Remove(folder))
	h.must(os.Rename(folder+".old", folder))
	h.wantOffset(path, 2)
	h.want(h.do(patch(path, 2, "llo")), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
}

// The row of an upload is made before its file, in which nothing is stored yet.
func TestAnUploadWithoutItsFileHasNoBytes(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	h.must(h.bytes.Remove(h.Context(), idOf(path)))
	if offset, err := h.intake.Offset(h.Context(), idOf(path)); offset != 0 || err != nil {
		t.Errorf("offset %d, %v", offset, err)
	}
}

// A file whose bytes were lost can be uploaded again with the same key.
func TestAKeyIsReleasedIfTheBytesAreLost(t *testing.T) {
	h := start(t, nil)
	path := h.whole()
	h.must(h.bytes.Remove(h.Context(), idOf(path)))
	h.must(h.library.FailUpload(h.Context(), always{}, idOf(path),
		library.Problem{Reason: reason.Reason{Code: reason.BytesGone}, Retryable: true}))
	if again := h.whole(); again == path {
		t.Error("the creation returned the upload that has lost its bytes")
	}
}
