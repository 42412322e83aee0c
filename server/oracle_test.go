package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"mediarelay/internal/media"
)

// wantSafe is what must hold of a file in the end, whatever went wrong on its way:
//
//   - the row says done, and nothing that was acknowledged is missing;
//   - the digest of the file is the digest of the stored bytes, of the asset and
//     of what the provider has;
//   - the provider has it once, under the media ID that the row shows;
//   - no upload is left over on the server, and no record or copy in the browser;
//   - no secret is in a log, on the page, in its storage, its console or a URL.
func (s *stage) wantSafe(name string, content []byte) {
	s.Helper()
	s.wantDone(name, content)
	s.wantNothingLeft()
	s.wantNoSecrets()
}

// wantDone is wantSafe for one file while others are on their way.
func (s *stage) wantDone(name string, content []byte) {
	s.Helper()
	done := s.awaitRow(name, "done")
	digest := digestOf(content)
	if done.Asset == nil || done.Asset.SHA256 != digest {
		s.Fatalf("%s: the row's asset is %+v, want one of digest %s", name, done.Asset, digest)
	}
	s.wantAtProvider(done.Asset.MediaID, digest)
	s.wantStored(digest)
}

func (s *stage) wantAtProvider(id, digest string) {
	s.Helper()
	if have, ok := s.sandbox.Media(media.MediaID(id)); !ok || have.SHA256 != digest {
		s.Errorf("the provider has %+v under media ID %q, want digest %s", have, id, digest)
	}
	copies := 0
	for _, object := range s.sandbox.AllMedia() {
		if object.SHA256 == digest {
			copies++
		}
	}
	if copies != 1 {
		s.Errorf("the provider has these bytes %d times, want once", copies)
	}
}

// wantStored wants the bytes that the server keeps to be the file's.
func (s *stage) wantStored(digest string) {
	s.Helper()
	found := 0
	for _, h := range s.backstage.held() {
		if h.SHA256 != digest || h.State != "done" {
			continue
		}
		found++
		if sum := s.digestOfFile(h.file); sum != digest {
			s.Errorf("the server's file of upload %s has digest %s, want %s", h.ID, sum, digest)
		}
	}
	if found != 1 {
		s.Errorf("%d finished uploads have these bytes, want one: %+v", found, s.backstage.held())
	}
}

func (s *stage) digestOfFile(path string) string {
	s.Helper()
	file, err := os.Open(path)
	s.must(err)
	defer file.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	s.must(err)
	return hex.EncodeToString(hash.Sum(nil))
}

// wantNothingLeft wants no upload that has not ended, no bytes of none, and in
// the browser no record and no copy.
func (s *stage) wantNothingLeft() {
	s.Helper()
	for _, h := range s.backstage.held() {
		if h.State == "uploading" || h.State == "checking" || h.State == "relaying" {
			s.Errorf("an upload is left over on the server: %+v", h)
		}
	}
	if strays := s.backstage.strays(); len(strays) > 0 {
		s.Errorf("the store keeps bytes of no upload: %v", strays)
	}
	s.wantNoRecords()
}

// wantNoRecords waits until the browser's databases hold nothing of any file: the
// last record goes after the row has said so. How large a chunk may be stays.
func (s *stage) wantNoRecords() {
	s.Helper()
	var left string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		left = value[string](s, `databases().then(all => Object.entries(all).filter(([store, rows]) => rows.length && store !== 'mediarelay.ceilings').map(([store, rows]) => store + ': ' + rows.length).join(', '))`)
		if left == "" {
			return
		}
	}
	s.Errorf("the browser still keeps %s", left)
}

func (s *stage) wantNoSecrets() {
	s.Helper()
	places := map[string]string{"the page": strings.Join(value[[]string](s, `everything()`), "\n"), "the console": strings.Join(s.console(), "\n")}
	for i, request := range s.proxy.seen() {
		places[fmt.Sprintf("the URL of request %d", i)] = request.url
	}
	for i, secret := range s.secretTexts() {
		for place, text := range places {
			if strings.Contains(text, secret) {
				s.Errorf("secret %d is in %s", i, place)
			}
		}
		if line := logs.lineWith(secret); line != "" {
			s.Errorf("secret %d is in the log: %s", i, strings.ReplaceAll(line, secret, "…"))
		}
	}
}

// wantOneUpload wants that the file was created once, that every chunk began where the
// server had said, and that no two chunks were on their way at a time.
func (s *stage) wantOneUpload() {
	s.Helper()
	wantSteadyProgress(s, s.proxy.seen())
}

// wantNoError wants that nobody was shown a failure.
func (s *stage) wantNoError() {
	s.Helper()
	if errors := s.told("upload-error"); len(errors) > 0 {
		s.Errorf("the page was told of %+v", errors)
	}
}

// wantSentAtMost bounds the bytes of files that left the browser.
func (s *stage) wantSentAtMost(bytes int64) {
	s.Helper()
	sent := int64(0)
	for _, r := range s.proxy.seen() {
		sent += r.received
	}
	if sent > bytes {
		s.Errorf("%d bytes were sent, want %d at most: %s", sent, bytes, s.proxy.story())
	}
}
