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

// wantChunksFromTheOffset wants every chunk of every upload to begin where the server last said.
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
				s.Errorf("%s: a chunk began at %d where the server had said %d", path, r.Offset, known)
			}
			if r.ResponseOffset >= 0 {
				known = r.ResponseOffset
			}
		}
	}
}

// wantSteadyProgress holds what the proxy saw against the promise.
func WantSteadyProgress(t testing.TB, requests []proxy.Request) {
	t.Helper()
	creations, known := 0, int64(0)
	for _, r := range requests {
		if r.Method == http.MethodPost && r.Path == "/files/" && r.Status == http.StatusCreated {
			creations++
		}
		if r.Method == http.MethodPatch && r.Offset != known {
			t.Errorf("a chunk began at %d where the server had reported %d", r.Offset, known)
		}
		if r.Concurrent {
			t.Errorf("a chunk at %d was sent while another was on its way", r.Offset)
		}
		if r.ResponseOffset >= 0 {
			known = r.ResponseOffset
		}
	}
	if creations != 1 {
		t.Errorf("%d creations, want 1: %+v", creations, requests)
	}
}

// wantSafe is what must hold of a file in the end, whatever went wrong on its way:
//
//   - the row says done, and nothing that was acknowledged is missing;
//   - the digest of the file is the digest of the stored bytes, of the asset and
//     of what the provider has;
//   - the provider has it once, under the media ID that the row shows;
//   - no upload is left over on the server, and no record or copy in the browser;
//   - no secret is in a log, on the page, in its storage, its console or a URL.
func (s *Stage) WantIntact(name string, content []byte) {
	s.Helper()
	s.WantDone(name, content)
	s.WantNothingLeft()
	s.WantNoSecrets()
}

// wantDone is wantSafe for one file while others are on their way.
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

// wantStored wants the bytes that the server keeps to be the file's.
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

// wantNothingLeft wants no upload that has not ended, no bytes of none, and in
// the browser no record and no copy.
func (s *Stage) WantNothingLeft() {
	s.Helper()
	for _, h := range s.Server.Uploads() {
		if h.State == "uploading" || h.State == "checking" || h.State == "relaying" {
			s.Errorf("an upload is left over on the server: %+v", h)
		}
	}
	if strays := s.Server.StrayFiles(); len(strays) > 0 {
		s.Errorf("the store keeps bytes of no upload: %v", strays)
	}
	s.WantNoRecords()
}

func (s *Stage) WantNoSecrets() {
	s.Helper()
	places := map[string]string{"the page": strings.Join(Value[[]string](s, `everything()`), "\n"), "the console": strings.Join(s.console(), "\n")}
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

// wantOneUpload wants that the file was created once, that every chunk began where the
// server had said, and that no two chunks were on their way at a time.
func (s *Stage) WantOneUpload() {
	s.Helper()
	WantSteadyProgress(s, s.Proxy.Requests())
}

// wantNoError wants that nobody was shown a failure.
func (s *Stage) WantNoError() {
	s.Helper()
	if errors := s.Events("upload-error"); len(errors) > 0 {
		s.Errorf("the page was told of %+v", errors)
	}
}
