package uploader_test

import (
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// modelServer is a tus server with keys, checksums and a relay, in its simplest form.
type modelServer struct {
	t       *rapid.T
	size    int64
	uploads map[string]*stored // by URL
	keys    map[string]string  // a client's key -> URL
	made    int                // uploads so far: each has a URL of its own
	plain   bool               // it takes no checksums
	silent  bool               // a creation's answer says no offset
}

// stored is an upload as the server has it.
type stored struct {
	offset  int64
	damaged bool // bytes changed on the way, and no chunk's checksum saw it
	state   uploader.ServerState
}

// What the server no longer has although it remembers the key.
const (
	stateThrownAway uploader.ServerState = "thrown away" // arrived damaged
	stateGone       uploader.ServerState = "gone"
)

func newModelServer(t *rapid.T) *modelServer {
	return &modelServer{
		t: t, size: rapid.Int64Range(0, 20*mib).Draw(t, "size"), silent: rapid.Bool().Draw(t, "silent"),
		uploads: map[string]*stored{}, keys: map[string]string{},
	}
}

// checkOne holds that in the end there is one upload, whole and as it was sent,
// whatever came before it.
func (s *modelServer) checkOne(url string) {
	for other, u := range s.uploads {
		if other != url && u.state != stateThrownAway && u.state != stateGone {
			s.t.Fatalf("%s is done, and %s is left behind: %+v", url, other, *u)
		}
	}
	if u := s.uploads[url]; u == nil || u.state != uploader.StateDone || u.offset != s.size || u.damaged {
		s.t.Fatalf("done with %s, which the server has as %+v of %d bytes", url, u, s.size)
	}
}

// answer is the protocol.
func (s *modelServer) answer(r uploader.Send) uploader.Answer {
	a := uploader.Answer{Request: r.Request, Offset: -1}
	u := s.uploads[target(r)]
	switch {
	case r.Checksum && s.plain:
		a.Status, a.Problem = 400, reason.ProblemChecksumUnsupported
	case r.Purpose == uploader.Create:
		return s.create(r, a)
	case u == nil || u.state == stateGone:
		a.Status = 404
	case r.Purpose == uploader.Delete:
		s.forget(r.URL)
		a.Status = 204
	case r.Purpose == uploader.Relay:
		a.Status = s.relay(u)
	case r.Purpose == uploader.Ask:
		a.Status, a.Offset = 200, u.offset
	case r.Offset != u.offset || u.state != uploader.StateUploading:
		a.Status = 409
	default:
		s.take(u, r.Length)
		a.Status, a.Offset = 204, u.offset
	}
	return a
}

// target is the tus URL of the upload that a request speaks of.
func target(r uploader.Send) string {
	if r.Purpose != uploader.Relay {
		return r.URL
	}
	return strings.TrimSuffix(strings.Replace(r.URL, "/v1/uploads/", "/files/", 1), "/retry")
}

func (s *modelServer) create(r uploader.Send, a uploader.Answer) uploader.Answer {
	key := keyOf(r)
	url, known := s.keys[key]
	if !known {
		s.made++
		url = "https://h/files/" + strconv.Itoa(s.made)
		s.keys[key], s.uploads[url] = url, &stored{state: uploader.StateUploading}
		s.take(s.uploads[url], r.Length)
	}
	a.Status, a.Location = 201, url
	if !s.silent {
		a.Offset = s.uploads[url].offset
	}
	return a
}

// take stores bytes; the last one decides what becomes of the upload.
func (s *modelServer) take(u *stored, n int64) {
	u.offset += n
	switch {
	case u.offset < s.size:
	case u.damaged:
		u.state = stateThrownAway
	default:
		u.state = uploader.StateRelaying
	}
}

func (s *modelServer) relay(u *stored) int {
	if u.state != uploader.StateFailed {
		return 409
	}
	u.state = uploader.StateRelaying
	return 202
}

// watched is the state of an upload as its events say it; not ok when there are none.
func (s *modelServer) watched(url string) (w uploader.Watched, ok bool) {
	u := s.uploads[url]
	switch {
	case u == nil || u.state == stateGone:
		return w, false
	case u.state == stateThrownAway:
		return uploader.Watched{State: uploader.StateFailed, Problem: reason.DigestMismatch, Final: true}, true
	}
	return uploader.Watched{State: u.state}, true
}

// forget removes an upload and lets go of its key.
func (s *modelServer) forget(url string) {
	if u := s.uploads[url]; u == nil || u.state == stateThrownAway || u.state == stateGone {
		return
	}
	delete(s.uploads, url)
	for key, named := range s.keys {
		if named == url {
			delete(s.keys, key)
		}
	}
}

// lose keeps the key of an upload that is no longer there.
func (s *modelServer) lose(url string) {
	if u := s.uploads[url]; u != nil {
		u.state = stateGone
	}
}

// shorten loses bytes that were acknowledged.
func (s *modelServer) shorten(url string) {
	if u := s.uploads[url]; u != nil && u.state == uploader.StateUploading {
		u.offset = rapid.Int64Range(0, u.offset).Draw(s.t, "left")
	}
}

// spoil changes a byte that is stored, or is about to be.
func (s *modelServer) spoil(url string) {
	if u := s.uploads[url]; u != nil && u.state == uploader.StateUploading && s.size > 0 {
		u.damaged = true
	}
}
