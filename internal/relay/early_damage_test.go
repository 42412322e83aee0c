package relay_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/store"
)

var errDamagedChunk = errors.New("the checksum of the chunk differs")

// takenBack stores a chunk whose checksum turns out wrong after it was sent early.
func (a *arriving) takenBack(to int, sent func()) {
	a.Helper()
	damaged := bytes.Clone(a.content[a.at:to])
	damaged[7]++
	_, err := a.bytes.AppendChecked(a.Context(), a.id, int64(a.at), bytes.NewReader(damaged), func(int64) error {
		sent()
		return errDamagedChunk
	})
	if !errors.Is(err, errDamagedChunk) {
		a.Fatalf("got %v, want the chunk taken back", err)
	}
}

// A chunk is sent before its checksum is known. If it turns out damaged, what was
// sent never completes, whether or not the early send sees that bytes are gone before
// others take their place.
func TestAChunkThatIsTakenBackNeverCompletesAtTheProvider(t *testing.T) {
	for name, seen := range map[string]bool{"unseen": false, "seen": true} {
		t.Run(name, func(t *testing.T) {
			eachEarly(t, func(h *harness) {
				far := &farAway{Folder: h.bytes}
				h.config.Bytes = far
				h.relay()
				content := large(823)
				a := h.begin("u1", content, both...)
				a.upTo(1 << 20)
				a.takenBack(3<<20, func() {
					h.awaitInSession(3 << 20)
					h.until("the media object", func() bool {
						return h.metric("mediarelay_provider_sent_bytes_total") == 2*3<<20
					})
					far.least.Store(3 << 20)
				})
				if seen {
					far.least.Store(0)
					h.until("both requests' end", func() bool { return h.metric("mediarelay_provider_request_duration_seconds") == 3 })
				}
				a.finish()
				h.awaitState("u1", library.StateDone)
				h.wantCalls(sandbox.OpOpenSession, 2)
				h.wantCalls(sandbox.OpSendSession, 2)
				h.wantCalls(sandbox.OpUploadMedia, 2)
				if len(h.sandbox.Handles()) != 1 || len(h.sandbox.AllMedia()) != 1 {
					h.Errorf("the provider has %v and %v", h.sandbox.Handles(), h.sandbox.AllMedia())
				}
				h.awaitEarlySends("aborted", 2)
			})
		})
	}
}

// A session that holds other bytes is never in the row, where the next worker would find
// and resume it.
func TestASessionOfOtherBytesIsNeverRecorded(t *testing.T) {
	eachEarly(t, func(h *harness) {
		h.must(h.exec("CREATE TABLE seen (session_id TEXT)"))
		h.must(h.watchSessions())
		h.relay()
		a := h.begin("u1", large(826), media.PurposeTemplate)
		a.upTo(1 << 20)
		a.takenBack(3<<20, func() { h.awaitInSession(3 << 20) })
		foreign := h.sandbox.Sessions()[0].ID
		a.finish()
		h.awaitState("u1", library.StateDone)
		var all, bad int
		h.must(h.db.Read().QueryRowContext(h.Context(), "SELECT COUNT(*), SUM(CASE WHEN session_id = $1 THEN 1 ELSE 0 END) FROM seen",
			string(foreign)).Scan(&all, &bad))
		if all == 0 || bad != 0 {
			h.Errorf("of %d recorded sessions %d were the one with other bytes", all, bad)
		}
	})
}

// watchSessions makes the database log every session that is saved in a row.
func (h *harness) watchSessions() error {
	if !h.db.Shared() {
		return h.exec(`CREATE TRIGGER watch AFTER UPDATE OF session_id ON relays WHEN NEW.session_id <> ''
			BEGIN INSERT INTO seen VALUES (NEW.session_id); END`)
	}
	return errors.Join(
		h.exec("CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES (NEW.session_id); RETURN NEW; END'"),
		h.exec("CREATE TRIGGER watch AFTER UPDATE ON relays FOR EACH ROW WHEN (NEW.session_id <> '') EXECUTE FUNCTION watch()"))
}

// A byte that is read wrong after the commit, and then right, is in no session that
// is resumed.
func TestRepairedChunkLeavesNoDamagedSession(t *testing.T) {
	eachEarly(t, func(h *harness) {
		const at = 3 << 20
		root := h.TempDir()
		var err error
		h.bytes, err = store.OpenFolder(root)
		h.must(err)
		far := &farAway{Folder: h.bytes}
		far.most.Store(2 << 20) // the early send gets behind
		h.config.Bytes = far
		content := large(828)
		h.config.Providers["acme"] = &askedFirst{h.config.Providers["acme"], func() { h.must(putByte(root, at, content[at])) }}
		h.relay()
		a := h.begin("u1", content, media.PurposeTemplate)
		a.upTo(2 << 20)
		h.awaitInSession(2 << 20)
		a.upTo(len(content))
		h.must(putByte(root, at, content[at]+1))
		h.must(h.library.FinishUpload(h.Context(), "u1", digestOf(content), nil))
		if u := h.await("u1", "its end", func(u library.Upload) bool { return u.State.Ended() }); u.State == library.StateDone {
			h.wantCalls(sandbox.OpOpenSession, 2)
		}
		if all := h.sandbox.Handles(); len(all) > 0 && all[0].SHA256 != digestOf(content) {
			h.Errorf("the provider has a handle of other bytes: %+v", all)
		}
	})
}

// askedFirst does something before its provider is asked for an offset.
type askedFirst struct {
	relay.Provider
	do func()
}

func (a *askedFirst) SessionOffset(ctx context.Context, s media.SessionID) (int64, error) {
	a.do()
	return a.Provider.SessionOffset(ctx, s)
}

// putByte changes a stored upload in its folder.
func putByte(root string, at int64, b byte) error {
	file, err := os.OpenFile(filepath.Join(root, "u1"), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte{b}, at)
	return errors.Join(err, file.Close())
}

// A refusal of other bytes says nothing about the file.
func TestARefusalOfBytesThatWereTakenBackIsIgnored(t *testing.T) {
	eachEarly(t, func(h *harness) {
		fault := h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.AnswerAfter(2<<20, 400, refusedMedia))
		h.relay()
		a := h.begin("u1", large(827), media.PurposeMessage)
		a.upTo(1 << 20)
		a.takenBack(3<<20, func() { h.awaitFired(fault) })
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 2)
	})
}

// Bytes change on the disk after the finish, but not their number.
func TestStoredBytesThatWereExchangedDoNotCompleteAtTheProvider(t *testing.T) {
	for name, wants := range map[string][]media.Purpose{"media object": {media.PurposeMessage}, "session": {media.PurposeTemplate}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(h *harness) {
				content := large(824)
				other := bytes.Clone(content)
				other[1<<20]++ // in a comment: the picture is as good as before
				h.finish("u1", content, wants...)
				h.must(h.bytes.Remove(h.Context(), "u1"))
				h.must(h.bytes.Create(h.Context(), "u1"))
				_, err := h.bytes.Append(h.Context(), "u1", 0, bytes.NewReader(other))
				h.must(err)
				h.relay()
				if u := h.awaitState("u1", library.StateFailed); u.Problem.Reason.Code != reason.BytesGone {
					h.Errorf("problem %+v, want the bytes gone", u.Problem)
				}
				h.wantNothingComplete()
			})
		})
	}
}
