package relay_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/store"
)

var both = []media.Purpose{media.PurposeMessage, media.PurposeTemplate}

func TestOneAssetGetsAMediaIDAndAHandle(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(1)
		h.relay()
		h.finish("u1", content, both...)
		a := h.asset(h.awaitState("u1", library.StateDone))

		id, hasID := a.Content.Valid(media.CopyMediaID, time.Now().Add(29*24*time.Hour))
		handle, hasHandle := a.Content.Valid(media.CopyHandle, time.Now())
		if !hasID || !hasHandle {
			h.Fatalf("copies: %+v", a.Content.Copies)
		}
		held, ok := h.sandbox.Media(media.MediaID(id.Value))
		if !ok || held.SHA256 != digestOf(content) || held.Type != "image/jpeg" {
			h.Errorf("the provider holds %+v, want our bytes", held)
		}
		handles := h.sandbox.Handles()
		if len(handles) != 1 || string(handles[0].Handle) != handle.Value || handles[0].SHA256 != digestOf(content) {
			h.Errorf("the provider gave handles %+v", handles)
		}
		if end, ok := media.Handle(handle.Value).Expiry(); !ok || handle.ExpiresAt.Unix() != end {
			h.Errorf("the handle expires %v, want its own expiry", handle.ExpiresAt)
		}
	})
}

func TestTheSameBytesAreRelayedOnce(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(2)
		h.finish("u1", content, media.PurposeMessage)
		h.finish("u2", content, media.PurposeMessage) // at the same time
		h.relay()
		first, second := h.awaitState("u1", library.StateDone), h.awaitState("u2", library.StateDone)
		h.finish("u3", content, media.PurposeMessage) // later
		third := h.awaitState("u3", library.StateDone)
		for _, u := range []library.Upload{second, third} {
			a := h.asset(u)
			if a.Content.ID != h.asset(first).Content.ID || a.ID == first.AssetID || a.Filename != u.Filename {
				h.Errorf("upload %s: asset %+v, want a name of its own for the content of the first", u.ID, a)
			}
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)

		h.finish("u4", content, both...) // only the handle is missing
		if a := h.asset(h.awaitState("u4", library.StateDone)); len(a.Content.Copies) != 2 {
			h.Errorf("copies: %+v", a.Content.Copies)
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)
		h.wantCalls(sandbox.OpOpenSession, 1)
	})
}

func TestARefusedFileIsNeverSent(t *testing.T) {
	each(t, func(h *harness) {
		h.relay()
		h.finish("u1", []byte("<html><body>no picture</body></html>"), both...)
		u := h.awaitState("u1", library.StateRefused)
		if u.Verdict == nil || len(u.Verdict.Reasons) == 0 {
			h.Errorf("verdict %+v, want reasons", u.Verdict)
		}
		h.wantCalls(sandbox.OpUploadMedia, 0)
		h.wantCalls(sandbox.OpOpenSession, 0)
	})
}

func TestAParserThatPanicsRefusesItsFileOnly(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Check = func(r io.ReaderAt, q preflight.Question) preflight.Verdict {
			if q.Filename == "täst crafted.jpg" {
				panic("index out of range")
			}
			return preflight.Check(r, q)
		}
		h.relay()
		h.finish("crafted", picture(13), media.PurposeMessage)
		h.awaitState("crafted", library.StateRefused)
		h.finish("u1", picture(14), media.PurposeMessage)
		h.awaitState("u1", library.StateDone)
	})
}

func TestAParserThatPanicsOverABeginningCostsTheEarlySendOnly(t *testing.T) {
	eachEarly(t, func(h *harness) {
		var once sync.Once
		asked := make(chan struct{})
		h.config.GuessType = func([]byte) string {
			once.Do(func() { close(asked) })
			panic("index out of range")
		}
		h.relay()
		a := h.begin("u1", large(15), media.PurposeTemplate)
		a.upTo(1 << 20)
		<-asked
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpSendSession, 1)
	})
}

// A media ID that was given is recorded, even if the database comes back late.
func TestACopyThatCannotBeRecordedIsNotRequestedAtFullSpeed(t *testing.T) {
	each(t, func(h *harness) {
		h.finish("u1", picture(11), media.PurposeMessage)
		h.must(h.breakRecords())
		asked := make(chan struct{})
		var once sync.Once
		h.config.Providers["acme"] = watch{h.config.Providers["acme"], func() { once.Do(func() { close(asked) }) }}
		h.relay()
		h.wait(asked)
		<-time.After(time.Second) // a loop would call many times
		if calls := h.sandbox.Calls(sandbox.OpUploadMedia); calls != 1 {
			h.Errorf("the file was sent %d times, want once until the record can be made", calls)
		}
		h.must(h.mendRecords())
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

func TestAStoreFailureIsNotTheProviders(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Bytes = brokenStore{}
		h.finish("u1", picture(12), media.PurposeMessage)
		h.relay()
		u := h.await("u1", "a problem", func(u library.Upload) bool { return u.Problem != nil })
		if u.Problem.Reason.Code != reason.StoreUnavailable || u.Problem.Detail != "" || !u.Problem.Retryable {
			h.Errorf("problem %+v, want a store failure without a path in it", u.Problem)
		}
		if r, err := h.library.OpenRelay(h.Context(), "u1"); err == nil && r.Attempts == 0 {
			h.Error("the attempt was not counted")
		}
	})
}

type brokenStore struct{ relay.Bytes }

func (brokenStore) Open(context.Context, string) (*store.Content, error) {
	return nil, errors.New("open /secret/path: input/output error")
}

func TestBytesThatAreGoneFailTheUpload(t *testing.T) {
	each(t, func(h *harness) {
		h.finish("u1", picture(7), media.PurposeMessage)
		h.must(h.bytes.Remove(h.Context(), "u1"))
		h.relay()
		if u := h.awaitState("u1", library.StateFailed); u.Problem.Reason.Code != reason.BytesGone {
			h.Errorf("problem %+v", u.Problem)
		}
	})
}

func TestAChannelThatIsGoneFailsTheUpload(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Providers = nil
		h.finish("u1", picture(8), media.PurposeMessage)
		h.relay()
		if u := h.awaitState("u1", library.StateFailed); u.Problem.Reason.Code != reason.ChannelGone {
			h.Errorf("problem %+v", u.Problem)
		}
	})
}
