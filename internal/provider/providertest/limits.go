package providertest

import (
	"io"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// testLimits: the API enforces the limits that the provider states.
func testLimits(t *testing.T, connect func(Connection) Harness) {
	t.Run("number", func(t *testing.T) { testNumber(t, connect) })
	t.Run("size", func(t *testing.T) { testSize(t, connect) })
	t.Run("lifetime", func(t *testing.T) { testLifetime(t, connect) })
	t.Run("uploads a second", func(t *testing.T) { testUploadsPerSecond(t, connect) })
	t.Run("failed reads", func(t *testing.T) { testFailedReads(t, connect) })
}

// testNumber: all connections to one phone number have the same Number, which does not
// reveal the key.
func testNumber(t *testing.T, connect func(Connection) Harness) {
	mine := Connection{BaseURL: "http://127.0.0.1:1", Key: canary, Number: sandbox.Number{PhoneNumberID: "1062", AppID: "4410"}}
	elsewhere, other := mine, mine
	elsewhere.BaseURL = "http://127.0.0.2:1/"
	other.Key, other.Number.PhoneNumberID = canary+"-2", "1063"
	number := func(c Connection) string { return connect(c).Uploader.Limits().Number }

	if number(mine) == "" || number(mine) != number(elsewhere) {
		t.Errorf("one number is %q and %q", number(mine), number(elsewhere))
	}
	if number(mine) == number(other) {
		t.Errorf("two numbers are both %q", number(mine))
	}
	for at := range len(canary) - 3 {
		if part := canary[at : at+4]; strings.Contains(number(mine), part) {
			t.Errorf("%q holds %q of the key", number(mine), part)
		}
	}
}

// testSize: the largest file is accepted. A file with one byte more is rejected before
// any byte is sent.
func testSize(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(0)
	file.Size = s.Uploader.Limits().MediaBytes
	if file.Size < 1<<20 {
		t.Fatalf("MediaBytes is %d", file.Size)
	}
	id, err := s.Uploader.UploadMedia(t.Context(), file.Object, io.LimitReader(endless{}, file.Size))
	if held, _ := s.sandbox.Media(id); err != nil || held.Size != file.Size {
		t.Errorf("%d bytes: %+v, %v", file.Size, held, err)
	}
	file.Size++
	_, err = s.Uploader.UploadMedia(t.Context(), file.Object, io.LimitReader(endless{}, file.Size))
	s.wantCause(t, err, provider.CausePermanent)
	if calls := s.sandbox.Calls(sandbox.OpUploadMedia); calls != 1 {
		t.Errorf("%d requests, want 1: a file that is too large is not sent", calls)
	}
	if !strings.Contains(err.Error(), "accepts at most") {
		t.Errorf("%v does not say what is wrong", err)
	}
}

// endless is a source of zeros.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// testLifetime: a media object exists exactly as long as Limits states.
func testLifetime(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(1000)
	s.clock.advance(0)
	id := s.upload(t, file)
	message := provider.Message{To: "4915112345678", Kind: file.Kind, MediaID: id}
	s.clock.advance(s.Uploader.Limits().MediaLifetime - time.Second)
	if _, err := s.Messages.SendMessage(t.Context(), message); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	s.clock.advance(time.Second)
	_, err := s.Messages.SendMessage(t.Context(), message)
	s.wantCause(t, err, provider.CausePermanent)
}

// testUploadsPerSecond: as many uploads as Limits states succeed, and one more fails.
func testUploadsPerSecond(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(1)
	s.clock.advance(0)
	most := s.Uploader.Limits().UploadsPerSecond
	for range max(most, 50) {
		_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
		if most > 0 && s.sandbox.Calls(sandbox.OpUploadMedia) > most {
			s.wantCause(t, err, provider.CauseRate)
		} else if err != nil {
			t.Fatalf("upload %d: %v", s.sandbox.Calls(sandbox.OpUploadMedia), err)
		}
	}
	s.clock.advance(time.Second)
	s.upload(t, file)
}

// testFailedReads: within the limit of failed reads, reading is not blocked.
func testFailedReads(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	if s.Describer == nil {
		t.Skip("this API says nothing of a media object but its bytes")
	}
	file := newSample(1)
	id := s.upload(t, file)
	for range s.Uploader.Limits().FailedReadsPerHour {
		_, err := s.Describer.MediaInfo(t.Context(), "4711")
		s.wantCause(t, err, provider.CausePermanent)
	}
	s.info(t, id, file)
	const closes = 20 // "20 error responses within a 60-minute window"
	for range closes - s.Uploader.Limits().FailedReadsPerHour {
		_, err := s.Describer.MediaInfo(t.Context(), "4711")
		s.wantCause(t, err, provider.CausePermanent)
	}
	_, err := s.Describer.MediaInfo(t.Context(), id)
	s.wantCause(t, err, provider.CauseRate)
	s.upload(t, file) // uploads do not count
}
