package browserstage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/internal/media"
)

// WantChunksFromTheOffset wants every chunk of every upload to begin at the offset that
// the server last reported.
func (s *Stage) WantChunksFromTheOffset() {
	s.Helper()
	byUpload := map[string][]proxy.Request{}
	for _, r := range s.Proxy.Requests() {
		if strings.HasPrefix(r.Path, "/files/") && r.Path != "/files/" {
			byUpload[r.Path] = append(byUpload[r.Path], r)
		}
	}
	for path, requests := range byUpload {
		known := int64(-1)
		for _, r := range requests {
			if r.Method == http.MethodPatch && known >= 0 && r.Offset != known {
				s.Errorf("%s: a chunk began at %d after the server had reported %d", path, r.Offset, known)
			}
			if r.ResponseOffset >= 0 {
				known = r.ResponseOffset
			}
		}
	}
}

// WantSteadyProgress wants one creation, chunks that begin at the offset that the server
// last reported, and no two chunks at a time.
func WantSteadyProgress(t testing.TB, requests []proxy.Request) {
	t.Helper()
	creations, known := 0, int64(0)
	for _, r := range requests {
		if r.Method == http.MethodPost && r.Path == "/files/" && r.Status == http.StatusCreated {
			creations++
		}
		if r.Method == http.MethodPatch && r.Offset != known {
			t.Errorf("a chunk began at %d after the server had reported %d", r.Offset, known)
		}
		if r.Concurrent {
			t.Errorf("a chunk at %d was sent while another was running", r.Offset)
		}
		if r.ResponseOffset >= 0 {
			known = r.ResponseOffset
		}
	}
	if creations != 1 {
		t.Errorf("%d creations, want 1: %+v", creations, requests)
	}
}

// WantIntact is what must hold of a file in the end, whatever faults it met:
//
//   - the row is done, and no acknowledged byte is missing;
//   - the SHA-256 of the file is that of the stored bytes, of the asset, and of what
//     the provider holds;
//   - the provider has the file once, under the media ID that the row shows;
//   - no upload is left on the server, and no record or copy in the browser;
//   - no secret is in a log, on the page, in its storage, its console or a URL.
func (s *Stage) WantIntact(name string, content []byte) {
	s.Helper()
	s.WantDone(name, content)
	s.WantNothingLeft()
	s.WantNoSecrets()
}

// WantDone is WantIntact for one file while others are still running.
func (s *Stage) WantDone(name string, content []byte) {
	s.Helper()
	done := s.AwaitRow(name, "done")
	digest := stage.Digest(content)
	if done.Asset == nil || done.Asset.SHA256 != digest {
		s.Fatalf("%s: the row's asset is %+v, want one of digest %s", name, done.Asset, digest)
	}
	s.WantAtProvider(done.Asset.MediaID, digest)
	s.WantStored(digest)
}

// WantAtProvider wants the provider to have a file once, under a media ID.
func (s *Stage) WantAtProvider(id, digest string) {
	s.Helper()
	if have, ok := s.Sandbox.Media(media.MediaID(id)); !ok || have.SHA256 != digest {
		s.Errorf("the provider has %+v under media ID %q, want digest %s", have, id, digest)
	}
	copies := 0
	for _, object := range s.Sandbox.AllMedia() {
		if object.SHA256 == digest {
			copies++
		}
	}
	if copies != 1 {
		s.Errorf("the provider has these bytes %d times, want once", copies)
	}
}

// WantStored wants the server to have stored one finished upload with these bytes.
func (s *Stage) WantStored(digest string) {
	s.Helper()
	found := 0
	for _, h := range s.Server.Uploads() {
		if h.SHA256 != digest || h.State != "done" {
			continue
		}
		found++
		if sum := s.digestOfFile(h.file); sum != digest {
			s.Errorf("the server's file of upload %s has digest %s, want %s", h.ID, sum, digest)
		}
	}
	if found != 1 {
		s.Errorf("%d finished uploads have these bytes, want one: %+v", found, s.Server.Uploads())
	}
}

func (s *Stage) digestOfFile(path string) string {
	s.Helper()
	file, err := os.Open(path)
	s.Must(err)
	defer file.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	s.Must(err)
	return hex.EncodeToString(hash.Sum(nil))
}

// WantNothingLeft wants every upload on the server to have ended, no stray bytes in the
// store, and no record or copy in the browser.
func (s *Stage) WantNothingLeft() {
	s.Helper()
	for _, h := range s.Server.Uploads() {
		if h.State == "uploading" || h.State == "checking" || h.State == "relaying" {
			s.Errorf("an upload has not ended on the server: %+v", h)
		}
	}
	if strays := s.Server.StrayFiles(); len(strays) > 0 {
		s.Errorf("the store has stray files: %v", strays)
	}
	s.WantNoRecords()
}

// WantNoSecrets wants no key and no token on the page, in its storage, its console, a URL
// or the log.
func (s *Stage) WantNoSecrets() {
	s.Helper()
	places := map[string]string{"the page": strings.Join(Value[[]string](s, `everything()`), "\n"), "the console": strings.Join(s.Console(), "\n")}
	for i, request := range s.Proxy.Requests() {
		places[fmt.Sprintf("the URL of request %d", i)] = request.URL
	}
	for i, secret := range s.secretTexts() {
		for place, text := range places {
			if strings.Contains(text, secret) {
				s.Errorf("secret %d is in %s", i, place)
			}
		}
		if line := stage.Logs.LineWith(secret); line != "" {
			s.Errorf("secret %d is in the log: %s", i, strings.ReplaceAll(line, secret, "…"))
		}
	}
}

// WantOneUpload wants one creation, chunks that begin at the offset that the server last
// reported, and no two chunks at a time.
func (s *Stage) WantOneUpload() {
	s.Helper()
	WantSteadyProgress(s, s.Proxy.Requests())
}

// WantNoError wants no upload-error event.
func (s *Stage) WantNoError() {
	s.Helper()
	if errors := s.Events("upload-error"); len(errors) > 0 {
		s.Errorf("upload-error fired: %+v", errors)
	}
}
