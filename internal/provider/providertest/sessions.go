package providertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

func testSessions(t *testing.T, connect func(Connection) Harness) {
	if newStage(t, connect).Uploader.Limits().NoHandles != nil {
		t.Run("none", func(t *testing.T) { testNoSessions(t, connect) })
		return
	}
	t.Run("whole", func(t *testing.T) { testWhole(t, connect) })
	t.Run("resumed", func(t *testing.T) { testResumed(t, connect) })
	t.Run("answers", func(t *testing.T) { testSessionAnswers(t, connect) })
	t.Run("offset", func(t *testing.T) { testOffset(t, connect) })
	t.Run("altered id", func(t *testing.T) { testAlteredID(t, connect) })
	t.Run("lost handle", func(t *testing.T) { testLostHandle(t, connect) })
	t.Run("cancelled", func(t *testing.T) { testSessionCancel(t, connect) })
}

// testNoSessions: a provider without sessions returns a clear error and sends nothing.
func testNoSessions(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	for _, call := range s.sessionCalls(newSample(1000)) {
		err := call.do(t)
		s.wantCause(t, err, provider.CausePermanent)
		if !errors.Is(err, provider.ErrNoHandles) {
			t.Errorf("%s: %v, want %v", call.op, err, provider.ErrNoHandles)
		}
	}
	if sent := s.wire.seen(); len(sent) != 0 {
		t.Errorf("%d requests were made", len(sent))
	}
}

func (s *stage) open(t *testing.T, file sample) media.SessionID {
	t.Helper()
	id, err := s.Sessions.OpenSession(t.Context(), file.Object)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (s *stage) wantHandle(t *testing.T, handle media.Handle, file sample) {
	t.Helper()
	want := sandbox.Handle{Handle: handle, Filename: file.Filename, Type: file.Type, Size: file.Size, SHA256: file.SHA256}
	held := s.sandbox.Handles()
	if len(held) != 1 || held[0] != want {
		t.Errorf("the API holds %+v, want %+v", held, want)
	}
}

// testWhole: one request from offset 0, with the type, the exact length, and the id
// unchanged in the request line.
func testWhole(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(300_001)
	id := s.open(t, file)
	handle, err := s.Sessions.SendSession(t.Context(), id, file.from(0))
	if err != nil {
		t.Fatal(err)
	}
	s.wantHandle(t, handle, file)
	sent := s.wire.seen()[1]
	if !strings.HasSuffix(sent.RequestURI, "/"+string(id)) {
		t.Errorf("the request line names %s, want %s", sent.RequestURI, id)
	}
	if sent.ContentLength != file.Size || sent.Header.Get("Content-Type") != file.Type || sent.Header.Get("File_offset") != "0" {
		t.Errorf("Content-Length %d, header %v", sent.ContentLength, sent.Header)
	}
}

// testResumed: wherever an upload breaks, it resumes at the offset of the session.
func testResumed(t *testing.T, connect func(Connection) Harness) {
	file := newSample(2 << 20)
	for _, broken := range [][]int64{{0}, {1}, {1 << 20}, {file.Size - 1}, {100_000, 200_000, 1}} {
		t.Run(fmt.Sprint(broken), func(t *testing.T) {
			s := newStage(t, connect)
			id := s.open(t, file)
			var offset int64
			for _, bytes := range broken {
				s.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(bytes))
				_, err := s.Sessions.SendSession(t.Context(), id, file.from(offset))
				s.wantCause(t, err, provider.CauseOffset)
				reported, err := s.Sessions.SessionOffset(t.Context(), id)
				if err != nil || reported != offset+bytes {
					t.Fatalf("offset %d, %v, want %d", reported, err, offset+bytes)
				}
				offset = reported
			}
			handle, err := s.Sessions.SendSession(t.Context(), id, file.from(offset))
			if err != nil {
				t.Fatal(err)
			}
			s.wantHandle(t, handle, file)
		})
	}
}

func testSessionAnswers(t *testing.T, connect func(Connection) Harness) {
	for _, row := range []struct {
		name  string
		fault sandbox.Fault
		cause provider.Cause
	}{
		{"success without a handle", sandbox.Answer(200, nil, `{}`), provider.CauseOffset},
		{"truncated success", sandbox.TruncatedJSON(), provider.CauseOffset},
		{"206", sandbox.Answer(206, nil, `{"debug_info":{"retriable":false,"type":"PartialRequestError","message":"Partial request (did not match length of file)"}}`), provider.CauseOffset},
		{"412", sandbox.Answer(412, nil, ""), provider.CauseOffset},
		{"unknown", sandbox.Answer(404, nil, ""), provider.CauseSession},
		{"object missing", sandbox.Answer(400, nil, `{"error":{"message":"Object does not exist","code":100,"error_subcode":33}}`), provider.CauseSession},
		{"signature", sandbox.Answer(400, nil, `{"error":{"message":"Incorrect signature","code":104}}`), provider.CauseSession},
		{"token", sandbox.Answer(401, nil, `{"error":{"message":"expired","code":190}}`), provider.CauseAuth},
		{"rate limit", sandbox.RateLimit(), provider.CauseRate},
		{"a proxy's page", sandbox.HTML(502), provider.CauseTemporary},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			file := newSample(1000)
			id := s.open(t, file)
			s.sandbox.Faults().Add(sandbox.OpSendSession, row.fault)
			_, err := s.Sessions.SendSession(t.Context(), id, file.from(0))
			s.wantCause(t, err, row.cause)
		})
	}
}

// testOffset: one page documents file_offset as a number, another as a string.
func testOffset(t *testing.T, connect func(Connection) Harness) {
	for body, want := range map[string]int64{
		`{"id":"upload:x","file_offset":1048576}`:   1048576,
		`{"id":"upload:x","file_offset":"1048576"}`: 1048576,
		`{"id":"upload:x","file_offset":0}`:         0,
		`{"id":"upload:x"}`:                         -1,
		`{"file_offset":"many"}`:                    -1,
		`{"file_offset":-5}`:                        -1,
	} {
		s := newStage(t, connect)
		s.sandbox.Faults().Add(sandbox.OpSessionOffset, sandbox.Answer(200, nil, body))
		got, err := s.Sessions.SessionOffset(t.Context(), "upload:x?sig=AR0")
		if want < 0 {
			s.wantCause(t, err, provider.CauseTemporary)
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: offset %d, %v, want %d", body, got, err, want)
		}
	}
}

// testAlteredID: the sandbox rejects an id with one changed byte, so the other tests
// prove that ids are not changed.
func testAlteredID(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(1000)
	_, err := s.Sessions.SendSession(t.Context(), s.open(t, file)+"x", file.from(0))
	s.wantCause(t, err, provider.CauseSession)
	var e *provider.Error
	if !errors.As(err, &e) || e.Code != 104 {
		t.Errorf("err = %v, want code 104", err)
	}
	_, err = s.Sessions.SendSession(t.Context(), "upload:a b#c", file.from(0))
	if err == nil {
		t.Error("an id that is invalid in a request line was sent")
	}
}

// testLostHandle: a session returns its handle once. If that response is lost, the offset
// is the length, and a new session is required.
func testLostHandle(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(1000)
	id := s.open(t, file)
	s.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.LoseAnswer())
	_, err := s.Sessions.SendSession(t.Context(), id, file.from(0))
	s.wantCause(t, err, provider.CauseOffset)
	offset, err := s.Sessions.SessionOffset(t.Context(), id)
	if err != nil || offset != file.Size {
		t.Fatalf("offset %d, %v, want %d", offset, err, file.Size)
	}
	_, err = s.Sessions.SendSession(t.Context(), id, file.from(offset))
	s.wantCause(t, err, provider.CauseSession)
	if calls := s.sandbox.Calls(sandbox.OpSendSession); calls != 1 {
		t.Errorf("%d requests, want 1: all bytes were sent", calls)
	}
}

// testSessionCancel: bytes sent before a cancellation are not sent again.
func testSessionCancel(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(64 << 10)
	id := s.open(t, file)
	ctx, cancel := context.WithCancel(t.Context())
	source := &interrupted{from: file.reader(), left: 40_000, cancel: cancel, ctx: ctx}
	_, err := s.Sessions.SendSession(ctx, id, provider.Part{Object: file.Object, Body: source})
	s.wantCause(t, err, provider.CauseOffset)
	handle, err := s.resume(t, id, file)
	if err != nil {
		t.Fatal(err)
	}
	s.wantHandle(t, handle, file)
}

// interrupted is a source that blocks in the middle, like an upload in progress, until its
// request is cancelled.
type interrupted struct {
	from   io.Reader
	left   int
	cancel func()
	ctx    context.Context
}

func (i *interrupted) Read(p []byte) (int, error) {
	if i.left == 0 {
		i.cancel()
		<-i.ctx.Done()
		return 0, i.ctx.Err()
	}
	n, err := i.from.Read(p[:min(len(p), i.left)])
	i.left -= n
	return n, err
}

// resume requests the offset and sends the rest, until the API accepts it.
func (s *stage) resume(t *testing.T, id media.SessionID, file sample) (handle media.Handle, err error) {
	t.Helper()
	for range 10 {
		offset, err := s.Sessions.SessionOffset(t.Context(), id)
		if err != nil {
			return "", err
		}
		handle, err = s.Sessions.SendSession(t.Context(), id, file.from(offset))
		if provider.CauseOf(err) != provider.CauseOffset {
			return handle, err
		}
	}
	return "", errors.New("the offset was still rejected after ten attempts")
}
