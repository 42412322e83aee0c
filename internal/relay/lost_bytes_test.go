package relay_test

import (
	"bytes"
	"io"
	"os"
	"sync/atomic"
	"testing"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

// Once an operator has restored the bytes, a person's retry succeeds.
func TestBytesThatAreRestoredCanBeRetried(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(13)
		h.finish("u1", content, media.PurposeMessage)
		h.must(h.bytes.Remove(h.Context(), "u1"))
		h.relay()
		if u := h.awaitState("u1", library.StateFailed); !u.Problem.Retryable {
			h.Errorf("problem %+v, want a retryable one", u.Problem)
		}
		h.must(h.bytes.Create(h.Context(), "u1"))
		_, err := h.bytes.Append(h.Context(), "u1", 0, bytes.NewReader(content))
		h.must(err)
		h.must(h.library.RetryUpload(h.Context(), anySubject, "u1"))
		h.awaitState("u1", library.StateDone)
	})
}

// While the whole store is unavailable, no attempt counts and no upload fails.
func TestAMissingStoreFailsNoUpload(t *testing.T) {
	each(t, func(h *harness) {
		h.finish("u1", picture(14), media.PurposeMessage)
		root := h.bytes.Path()
		h.must(os.Rename(root, root+".away"))
		stop := h.relay()
		h.await("u1", "a problem", func(u library.Upload) bool {
			return u.Problem != nil && u.Problem.Reason.Code == reason.StoreUnavailable && u.Version > 15 // more than the attempts that would end it
		})
		stop()
		h.must(os.Rename(root+".away", root))
		h.relay()
		h.awaitState("u1", library.StateDone)
	})
}

// A duplicate reuses the copies of the first upload. Its own bytes become those of the
// asset only if they are the file.
func TestADamagedDuplicateDoesNotBecomeTheAssetsBytes(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(15)
		h.finish("u1", content, media.PurposeMessage)
		h.relay()
		h.awaitState("u1", library.StateDone)
		damaged := bytes.Clone(content)
		damaged[len(damaged)/2] ^= 1
		h.finishAs("u2", damaged, digestOf(content), media.PurposeMessage)
		if u := h.awaitState("u2", library.StateFailed); u.Problem.Reason.Code != reason.BytesGone || !u.Problem.Retryable {
			h.Errorf("problem %+v", u.Problem)
		}
		if a, err := h.library.ContentByDigest(h.Context(), "acme", digestOf(content)); err != nil || a.UploadID != "u1" {
			h.Errorf("the asset has the bytes of %s, %v, want u1", a.UploadID, err)
		}
		h.finish("u3", content, media.PurposeMessage)
		h.awaitState("u3", library.StateDone)
		if a, err := h.library.ContentByDigest(h.Context(), "acme", digestOf(content)); err != nil || a.UploadID != "u3" {
			h.Errorf("the asset has the bytes of %s, %v, want the verified duplicate's", a.UploadID, err)
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

// A flipped bit may make a file look like one that is refused. The bytes then are not the
// client's, so the verdict does not count, for the first upload of a file and for a
// duplicate. Once they are restored, a person's retry succeeds.
func TestDamagedBytesAreNotRefused(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(16)
		damaged := bytes.Clone(content)
		damaged[0] ^= 1 // of the signature
		h.relay()
		for _, id := range []string{"first", "duplicate"} {
			h.finishAs(id, damaged, digestOf(content), media.PurposeMessage)
			if u := h.awaitState(id, library.StateFailed); u.Problem.Reason.Code != reason.BytesGone || !u.Problem.Retryable {
				h.Errorf("%s: problem %+v", id, u.Problem)
			}
			h.must(h.bytes.Remove(h.Context(), id))
			h.must(h.bytes.Create(h.Context(), id))
			_, err := h.bytes.Append(h.Context(), id, 0, bytes.NewReader(content))
			h.must(err)
			h.must(h.library.RetryUpload(h.Context(), anySubject, id))
			h.awaitState(id, library.StateDone)
		}
		h.finish("refused", []byte("\x00 no file that anybody knows"), media.PurposeMessage)
		h.awaitState("refused", library.StateRefused)
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

// Bytes that cannot be read for a verdict are read again later. Nothing is sent before.
func TestBytesThatCannotBeJudgedAreJudgedAgain(t *testing.T) {
	each(t, func(h *harness) {
		var fails atomic.Bool
		fails.Store(true)
		h.config.Check = func(r io.ReaderAt, q preflight.Question) preflight.Verdict {
			if fails.Swap(false) {
				return preflight.Verdict{Outcome: preflight.Refuse, Reasons: []reason.Reason{{Code: reason.FileUnreadable}}}
			}
			return preflight.Check(r, q)
		}
		h.finish("u1", picture(17), media.PurposeMessage)
		h.relay()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}
