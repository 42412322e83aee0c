package providertest

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

func testLibrary(t *testing.T, connect func(Connection) Harness) {
	t.Run("there and back", func(t *testing.T) { testThereAndBack(t, connect) })
	t.Run("info", func(t *testing.T) { testInfo(t, connect) })
	t.Run("altered", func(t *testing.T) { testAltered(t, connect) })
	t.Run("delete", func(t *testing.T) { testDelete(t, connect) })
	t.Run("unknown", func(t *testing.T) { testUnknown(t, connect) })
}

func (s *stage) upload(t *testing.T, file sample) media.MediaID {
	t.Helper()
	id, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func testThereAndBack(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(200_000)
	// Several, since every second id exceeds a float64.
	for range 3 {
		id := s.upload(t, file)
		info := s.info(t, id, file)
		if info.ID != id || info.Type != file.Type || info.SHA256 != file.SHA256 || info.Size != file.Size {
			t.Errorf("info %+v, want that of %+v", info, file.Object)
		}
		if got, err := s.download(t, info); err != nil || !bytes.Equal(got, file.content) {
			t.Errorf("downloaded %d bytes, %v, want %d", len(got), err, file.Size)
		}
	}
}

// info is the API's description of a file, or our own if the API has none.
func (s *stage) info(t *testing.T, id media.MediaID, file sample) provider.Info {
	t.Helper()
	if s.Describer == nil {
		return provider.Info{ID: id, Type: file.Type, SHA256: file.SHA256, Size: file.Size}
	}
	info, err := s.Describer.MediaInfo(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func (s *stage) download(t *testing.T, info provider.Info) ([]byte, error) {
	t.Helper()
	body, err := s.Library.Download(t.Context(), info)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// testInfo: one page documents file_size as a number, another as a string.
func testInfo(t *testing.T, connect func(Connection) Harness) {
	if newStage(t, connect).Describer == nil {
		t.Skip("this API says nothing of a media object but its bytes")
	}
	for _, size := range []string{`5848`, `"5848"`} {
		s := newStage(t, connect)
		s.sandbox.Faults().Add(sandbox.OpMediaInfo, sandbox.Answer(200, nil,
			`{"url":"https:\/\/lookaside.fbsbx.com\/whatsapp_business\/attachments\/?mid=1&hash=AR%2B","mime_type":"image\/jpeg","sha256":"417c","file_size":`+size+`,"id":"1"}`))
		info, err := s.Describer.MediaInfo(t.Context(), "1")
		if err != nil || info.Size != 5848 || info.Type != "image/jpeg" {
			t.Errorf("%s: %+v, %v", size, info, err)
		}
		if want := "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=AR%2B"; info.URL.Reveal() != want {
			t.Errorf("url %s, want %s", info.URL.Reveal(), want)
		}
	}
}

// testAltered: bytes that do not match the info are an error.
func testAltered(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(1000)
	info := s.info(t, s.upload(t, file), file)
	for name, body := range map[string]string{
		"other bytes": string(bytes.Repeat([]byte("x"), 1000)),
		"fewer":       string(file.content[:999]),
		"more":        string(file.content) + "x",
	} {
		s.sandbox.Faults().Add(sandbox.OpDownload, sandbox.Answer(200, nil, body))
		if _, err := s.download(t, info); !errors.Is(err, provider.ErrAltered) {
			t.Errorf("%s: %v, want %v", name, err, provider.ErrAltered)
		}
	}
}

func testDelete(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	id := s.upload(t, newSample(1000))
	for _, moment := range []string{"first", "again, when it does not exist"} {
		if err := s.Library.DeleteMedia(t.Context(), id); err != nil {
			t.Errorf("%s: %v", moment, err)
		}
	}
	if kept := s.sandbox.AllMedia(); len(kept) != 0 {
		t.Errorf("the API still holds %+v", kept)
	}
	s.sandbox.Faults().Add(sandbox.OpDeleteMedia, sandbox.HTML(404))
	if err := s.Library.DeleteMedia(t.Context(), id); err == nil {
		t.Error("a proxy's 404 is reported as deleted")
	}
}

// testUnknown: a request for an object that does not exist is not repeated.
func testUnknown(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	file := newSample(1000)
	id := s.upload(t, file)
	info := s.info(t, id, file)
	if err := s.Library.DeleteMedia(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	_, err := s.Library.Download(t.Context(), info)
	s.wantCause(t, err, provider.CausePermanent)
	if s.Describer != nil {
		_, err = s.Describer.MediaInfo(t.Context(), id)
		s.wantCause(t, err, provider.CausePermanent)
	}
}
