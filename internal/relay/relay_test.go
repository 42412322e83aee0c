package relay_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/provider"
	"mediarelay/internal/provider/dialog360"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs a test with a relay between a library and the sandbox, over the real
// client of 360dialog, on SQLite and on Postgres.
func each(t *testing.T, test func(h *harness)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(start(t, db)) })
}

type harness struct {
	*testing.T
	db      *database.DB
	library *library.Library
	bytes   *store.Folder
	keeper  *lease.Keeper
	sandbox *sandbox.Server
	config  relay.Config
}

const key = "key-of-acme"

func start(t *testing.T, db *database.DB) *harness {
	t.Helper()
	h := &harness{T: t, db: db, library: library.New(db), keeper: lease.NewKeeper(db)}
	h.run(h.keeper.Run)
	var err error
	h.bytes, err = store.OpenFolder(t.TempDir())
	h.must(err)
	h.sandbox, err = sandbox.New(sandbox.Config{Dir: t.TempDir(), APIKeys: []string{key}})
	h.must(err)
	server := httptest.NewServer(h.sandbox)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
		h.must(h.sandbox.Close())
		for _, fault := range h.sandbox.Faults().Unfired() {
			t.Errorf("this fault was never reached: %s", fault)
		}
	})
	h.config = relay.Config{
		Library: h.library, Bytes: h.bytes, Leases: h.keeper, Drain: 100 * time.Millisecond,
		Providers: map[string]relay.Provider{
			"acme": dialog360.New(dialog360.Config{BaseURL: server.URL, APIKey: provider.Secret(key), HTTPClient: client}),
		},
	}
	return h
}

// breakRecords makes every record of a copy fail until mendRecords.
func (h *harness) breakRecords() error { return h.rename("copies", "copies_away") }
func (h *harness) mendRecords() error  { return h.rename("copies_away", "copies") }

func (h *harness) rename(from, to string) error {
	return h.db.Durable(h.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(h.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
		return err
	})
}

// run runs f until the test ends or the returned stop is called.
func (h *harness) run(f func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { f(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	h.Cleanup(stop)
	return stop
}

func (h *harness) relay() (stop func()) { return h.run(relay.New(h.config).Run) }

// finish stores content as an upload whose last byte has arrived.
func (h *harness) finish(id string, content []byte, purposes ...media.Purpose) {
	h.Helper()
	u := library.Upload{ID: id, Channel: "acme", Subject: "ana", Length: int64(len(content)), Filename: "täst " + id + ".jpg", Purposes: purposes}
	h.must(h.library.CreateUpload(h.Context(), u))
	h.must(h.bytes.Create(h.Context(), id))
	_, err := h.bytes.Append(h.Context(), id, 0, bytes.NewReader(content))
	h.must(err)
	h.must(h.library.FinishUpload(h.Context(), id, digestOf(content), nil))
}

// await waits until the upload satisfies a condition.
func (h *harness) await(id, what string, met func(library.Upload) bool) library.Upload {
	h.Helper()
	changes, stop := h.library.Subscribe(id)
	defer stop()
	deadline := time.After(30 * time.Second)
	for {
		u, err := h.library.UploadByID(h.Context(), id)
		h.must(err)
		if met(u) {
			return u
		}
		select {
		case <-changes:
		case <-deadline:
			h.Fatalf("upload %s never came to %s; it is %s, problem %+v", id, what, u.State, u.Problem)
		}
	}
}

func (h *harness) awaitState(id string, want library.State) library.Upload {
	h.Helper()
	return h.await(id, string(want), func(u library.Upload) bool { return u.State == want })
}

func (h *harness) asset(u library.Upload) library.Asset {
	h.Helper()
	a, err := h.library.Asset(h.Context(), u.Channel, u.AssetID)
	h.must(err)
	return a
}

func (h *harness) wantCalls(op sandbox.Op, want int) {
	h.Helper()
	if got := h.sandbox.Calls(op); got != want {
		h.Errorf("%s was called %d times, want %d", op, got, want)
	}
}

func (h *harness) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

var both = []media.Purpose{media.PurposeMessage, media.PurposeTemplate}

func TestOneAssetGetsAMediaIDAndAHandle(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(1)
		h.relay()
		h.finish("u1", content, both...)
		a := h.asset(h.awaitState("u1", library.StateDone))

		id, hasID := a.Valid(media.CopyMediaID, time.Now().Add(29*24*time.Hour))
		handle, hasHandle := a.Valid(media.CopyHandle, time.Now())
		if !hasID || !hasHandle {
			h.Fatalf("copies: %+v", a.Copies)
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
			h.Errorf("the handle ends %v, want its own word", handle.ExpiresAt)
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
		if first.AssetID != second.AssetID || second.AssetID != third.AssetID {
			h.Errorf("assets %q, %q, %q, want one", first.AssetID, second.AssetID, third.AssetID)
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)

		h.finish("u4", content, both...) // only the handle is missing
		if a := h.asset(h.awaitState("u4", library.StateDone)); len(a.Copies) != 2 {
			h.Errorf("copies: %+v", a.Copies)
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)
		h.wantCalls(sandbox.OpOpenSession, 1)
	})
}

func TestWhatWouldNotBeDeliveredNeverLeaves(t *testing.T) {
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

func TestAParserThatPanicsRefusesTheFileAlone(t *testing.T) {
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

func TestABusyProviderIsTriedAgain(t *testing.T) {
	each(t, func(h *harness) {
		h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.RateLimit())
		h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.HTML(http.StatusBadGateway))
		h.relay()
		h.finish("u1", picture(3), media.PurposeMessage)
		u := h.await("u1", "a problem", func(u library.Upload) bool { return u.Problem != nil })
		if u.Problem.Reason.Code != reason.ProviderBusy || !u.Problem.Retryable || u.State != library.StateRelaying {
			h.Errorf("while it waits: %s, %+v", u.State, u.Problem)
		}
		if u = h.awaitState("u1", library.StateDone); u.Problem != nil {
			h.Errorf("at the end there is still a problem: %+v", u.Problem)
		}
		h.wantCalls(sandbox.OpUploadMedia, 3)
	})
}

// What a session holds is not given up for a rate limit.
func TestARateLimitLeavesTheSession(t *testing.T) {
	each(t, func(h *harness) {
		h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.RateLimit())
		h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.RateLimit())
		h.relay()
		h.finish("u1", picture(10), media.PurposeTemplate)
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 1)
	})
}

// A key that is not let in rests the whole channel: refused requests count
// against the phone number.
func TestAnAccountThatIsShutOutRests(t *testing.T) {
	each(t, func(h *harness) {
		const body = `{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api_key"}}`
		h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(http.StatusUnauthorized, nil, body))
		h.config.Workers, h.config.PerChannel = 1, 1
		for i := range 5 {
			h.finish(fmt.Sprintf("u%d", i), picture(20+i), media.PurposeMessage)
		}
		h.relay()
		h.await("u0", "a problem", func(u library.Upload) bool {
			return u.Problem != nil && u.Problem.Reason.Code == reason.ProviderAccount
		})
		due, err := h.library.DueRelays(h.Context(), 10)
		h.must(err)
		if len(due) != 0 {
			h.Errorf("%d relays of the channel are still due", len(due))
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

// A media ID that was given is kept, also when the process stops right then.
func TestACopyThatCannotBeRecordedIsNotFetchedAtFullSpeed(t *testing.T) {
	each(t, func(h *harness) {
		h.finish("u1", picture(11), media.PurposeMessage)
		h.must(h.breakRecords())
		h.relay()
		<-time.After(3 * time.Second) // a loop would call many times in it
		if calls := h.sandbox.Calls(sandbox.OpUploadMedia); calls != 1 {
			h.Errorf("the file was sent %d times, want once until the record can be made", calls)
		}
		h.must(h.mendRecords())
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

func TestOurOwnStoreIsNotTheProvidersFault(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Bytes = brokenStore{}
		h.finish("u1", picture(12), media.PurposeMessage)
		h.relay()
		u := h.await("u1", "a problem", func(u library.Upload) bool { return u.Problem != nil })
		if u.Problem.Reason.Code != reason.StoreUnavailable || u.Problem.Detail != "" || !u.Problem.Retryable {
			h.Errorf("problem %+v, want our own fault without a path in it", u.Problem)
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

func TestAPermanentRefusalEndsTheUpload(t *testing.T) {
	each(t, func(h *harness) {
		const body = `{"error":{"message":"(#100) Param file must be a file","code":100,"fbtrace_id":"AzT"}}`
		h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(http.StatusBadRequest, nil, body))
		h.relay()
		h.finish("u1", picture(4), media.PurposeMessage)
		u := h.awaitState("u1", library.StateFailed)
		if u.Problem == nil || u.Problem.Reason.Code != reason.ProviderRefused || u.Problem.Retryable {
			h.Errorf("problem %+v", u.Problem)
		}
		if detail := u.Problem.Detail; !bytes.Contains([]byte(detail), []byte("AzT")) || bytes.Contains([]byte(detail), []byte(key)) {
			h.Errorf("detail %q, want the trace id and no key", detail)
		}
		h.must(h.library.RetryUpload(h.Context(), "acme", "u1"))
		h.awaitState("u1", library.StateDone)
	})
}

func TestABrokenSessionGoesOnWhereTheProviderStands(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(5)
		h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(1000))
		h.relay()
		h.finish("u1", content, media.PurposeTemplate)
		h.awaitState("u1", library.StateDone)
		if handles := h.sandbox.Handles(); len(handles) != 1 || handles[0].SHA256 != digestOf(content) {
			h.Errorf("handles %+v, want one with our bytes", handles)
		}
		h.wantCalls(sandbox.OpOpenSession, 1)
		h.wantCalls(sandbox.OpSessionOffset, 1)
	})
}

func TestASessionThatBreaksTwiceIsReplaced(t *testing.T) {
	each(t, func(h *harness) {
		h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.HTML(http.StatusBadGateway))
		h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.HTML(http.StatusBadGateway))
		h.relay()
		h.finish("u1", picture(6), media.PurposeTemplate)
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 2)
	})
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

func TestAStopHandsTheRelayOn(t *testing.T) {
	each(t, func(h *harness) {
		stall := h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Stall())
		stop := h.relay()
		h.finish("u1", picture(9), media.PurposeMessage)
		select {
		case <-stall.Fired():
		case <-time.After(30 * time.Second):
			h.Fatal("the provider was never asked")
		}
		stop()
		h.awaitState("u1", library.StateRelaying)
		h.relay()
		h.awaitState("u1", library.StateDone)
	})
}

func TestTwoReplicasRelayEachUploadOnce(t *testing.T) {
	each(t, func(h *harness) {
		h.relay()
		h.relay()
		const uploads = 10
		for i := range uploads {
			h.finish(fmt.Sprintf("u%d", i), picture(100+i), media.PurposeMessage)
		}
		for i := range uploads {
			h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
		}
		h.wantCalls(sandbox.OpUploadMedia, uploads)
	})
}

// picture makes a JPEG of some kilobytes whose bytes differ with seed.
func picture(seed int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i*(seed+3) + i/7)
	}
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		panic(err) // an encoder in memory does not fail
	}
	return b.Bytes()
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
