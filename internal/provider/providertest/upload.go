package providertest

import (
	"bytes"
	"context"
	"errors"
	"path"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// testUpload: the file arrives as it was sent.
func testUpload(t *testing.T, connect func(Connection) Harness) {
	for _, size := range []int{1, 4096, 64<<10 + 1, 3 << 20} {
		s := newStage(t, connect)
		file := newSample(size)
		id, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
		if err != nil {
			t.Errorf("%d bytes: %v", size, err)
			continue
		}
		want := sandbox.Media{ID: id, Filename: file.Filename, Type: file.Type, Size: file.Size, SHA256: file.SHA256}
		if s.Nameless {
			want.Filename = ""
		}
		if got, ok := s.sandbox.Media(id); !ok || got != want {
			t.Errorf("%d bytes: the API holds %+v, want %+v", size, got, want)
		}
	}
}

// testNames: for any file name, the name on the wire is harmless and has the extension of
// the type.
func testNames(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	if s.Nameless {
		t.Skip("this API does not store file names")
	}
	harmless := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	for _, name := range []string{
		"summer.mp4", "Sommerfest Köln.mp4", "夏のキャンペーン.mp4", "🎉🎉.mp4", "",
		`quote".mp4`, "line\r\nX-Injected: yes.mp4", "../../etc/passwd", `C:\video\clip.mp4`, ".hidden",
		"null\x00byte.mp4", strings.Repeat("long", 100) + ".mp4", "photo.jpg", "\xff\xfe.mp4",
	} {
		file := newSample(16)
		file.Filename = name
		id, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		got, _ := s.sandbox.Media(id)
		if !harmless.MatchString(got.Filename) || path.Ext(got.Filename) != ".mp4" {
			t.Errorf("%q arrives as %q", name, got.Filename)
		}
	}
	for _, r := range s.wire.seen() {
		if r.Header.Get("X-Injected") != "" {
			t.Error("a file name became a header")
		}
	}
}

// testIDs: a media ID is kept exactly, whether it is a string or a number that exceeds a
// float64 or an int64. Anything else is not a valid response.
func testIDs(t *testing.T, connect func(Connection) Harness) {
	for _, row := range []struct {
		written string
		want    media.MediaID
	}{
		{`"1094408688491179"`, "1094408688491179"},
		{`"a text-1"`, "a text-1"},
		{`1094408688491179`, "1094408688491179"},
		{`12345678901234567890`, "12345678901234567890"},
		{`1.2e20`, ""},
		{`-1`, ""},
		{`null`, ""},
		{`true`, ""},
		{`{"id":"1"}`, ""},
	} {
		t.Run(row.written, func(t *testing.T) {
			s := newStage(t, connect)
			body := `{"id":` + row.written + `,"media":[{"id":` + row.written + `}]}`
			s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(200, nil, body))
			file := newSample(1000)
			id, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
			if row.want == "" {
				s.wantCause(t, err, provider.CauseAmbiguous)
			} else if id != row.want || err != nil {
				t.Errorf("id %q, %v, want %q", id, err, row.want)
			}
		})
	}
}

// testWire: a body has an exact length, and no request has the type octet-stream.
func testWire(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(100_000)
	if _, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader()); err != nil {
		t.Fatal(err)
	}
	request := s.wire.seen()[0]
	if request.ContentLength < file.Size || len(request.TransferEncoding) != 0 {
		t.Errorf("Content-Length %d, Transfer-Encoding %v for %d bytes", request.ContentLength, request.TransferEncoding, file.Size)
	}
	file.Type = "application/octet-stream"
	before := s.sandbox.Calls(sandbox.OpUploadMedia)
	_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
	s.wantCause(t, err, provider.CausePermanent)
	if s.sandbox.Calls(sandbox.OpUploadMedia) != before {
		t.Error("a file of unknown type was sent")
	}
}

// testBodyLength: a stored file of another length than announced is never completed at
// the API.
func testBodyLength(t *testing.T, connect func(Connection) Harness) {
	for name, by := range map[string]int{"short": -1, "long": 1} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, connect)
			file := newSample(50_000)
			body := newSample(50_000 + by)
			_, err := s.Uploader.UploadMedia(t.Context(), file.Object, body.reader())
			if !errors.Is(err, provider.ErrBodyLength) {
				t.Errorf("err = %v, want %v", err, provider.ErrBodyLength)
			}
			s.wantCause(t, err, provider.CauseTemporary)
			if kept := s.sandbox.AllMedia(); len(kept) != 0 {
				t.Errorf("the API holds %+v", kept)
			}
		})
	}
}

// testBroken: whether the API may have stored the file depends on how many bytes were
// sent.
func testBroken(t *testing.T, connect func(Connection) Harness) {
	for _, row := range []struct {
		name  string
		fault sandbox.Fault
		cause provider.Cause
	}{
		{"in the body", sandbox.ResetAfter(1 << 20), provider.CauseTemporary},
		{"after the body", sandbox.LoseAnswer(), provider.CauseAmbiguous},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			s.sandbox.Faults().Add(sandbox.OpUploadMedia, row.fault)
			// Larger than the socket buffers.
			file := newSample(24 << 20)
			_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
			s.wantCause(t, err, row.cause)
		})
	}
	t.Run("connection refused", func(t *testing.T) {
		h := connect(Connection{BaseURL: "http://127.0.0.1:1", Key: canary})
		file := newSample(1000)
		_, err := h.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
		(&stage{Harness: h}).wantCause(t, err, provider.CauseTemporary)
	})
}

// testCancel: a request ends with its context, and its source is not read afterwards.
func testCancel(t *testing.T, connect func(Connection) Harness) {
	for _, row := range []struct {
		name  string
		fault sandbox.Fault
		cause provider.Cause
	}{
		{"in the body", sandbox.StallAfter(1 << 20), provider.CauseTemporary},
		{"after the body", sandbox.Stall(), provider.CauseAmbiguous},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			scripted := s.sandbox.Faults().Add(sandbox.OpUploadMedia, row.fault)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-scripted.Fired()
				cancel()
			}()
			file := newSample(24 << 20)
			source := &watched{Reader: file.reader()}
			_, err := s.Uploader.UploadMedia(ctx, file.Object, source)
			source.end()
			if !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want %v", err, context.Canceled)
			}
			s.wantCause(t, err, row.cause)
		})
	}
}

// watched panics if it is read after its end. The race detector finds concurrent reads.
type watched struct {
	*bytes.Reader
	ended bool
}

func (w *watched) Read(p []byte) (int, error) {
	if w.ended {
		panic("providertest: the body was read after its request had ended")
	}
	return w.Reader.Read(p)
}

func (w *watched) end() { w.ended = true }
