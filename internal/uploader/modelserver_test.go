package uploader_test

import (
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// modelServer is a minimal tus server with keys, checksums and a relay.
type modelServer struct {
	t           *rapid.T
	size        int64
	uploads     map[string]*stored // by URL
	keys        map[string]string  // a client's key -> URL
	created     int                // number of uploads so far, used for URLs
	noChecksums bool               // it does not support checksums
	noOffset    bool               // its response to a creation has no offset
}

// stored is an upload on the server.
type stored struct {
	offset  int64
	damaged bool // bytes were damaged in transit, undetected by a checksum
	state   uploader.ServerState
}

// States of uploads that the server has deleted, but whose key it still has.
const (
	stateDiscarded uploader.ServerState = "discarded" // because it was damaged
	stateGone      uploader.ServerState = "gone"
)

func newModelServer(t *rapid.T) *modelServer {
	return &modelServer{
		t: t, size: rapid.Int64Range(0, 20*mib).Draw(t, "size"), noOffset: rapid.Bool().Draw(t, "no offset"),
		uploads: map[string]*stored{}, keys: map[string]string{},
	}
}

// checkOne checks that there is one upload, complete and undamaged.
func (s *modelServer) checkOne(url string) {
	for other, u := range s.uploads {
		if other != url && u.state != stateDiscarded && u.state != stateGone {
			s.t.Fatalf("%s is done, but the server also has %s: %+v", url, other, *u)
		}
	}
	if u := s.uploads[url]; u == nil || u.state != uploader.StateDone || u.offset != s.size || u.damaged {
		s.t.Fatalf("%s is done, but on the server it is %+v of %d bytes", url, u, s.size)
	}
}

// answer responds to a request as the protocol says.
func (s *modelServer) answer(r uploader.Send) uploader.Answer {
	a := uploader.Answer{Request: r.Request, Offset: -1}
	u := s.uploads[target(r)]
	switch {
	case r.Checksum && s.noChecksums:
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

// target is the tus URL of the upload that a request is about.
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
		s.created++
		url = "https://h/files/" + strconv.Itoa(s.created)
		s.keys[key], s.uploads[url] = url, &stored{state: uploader.StateUploading}
		s.take(s.uploads[url], r.Length)
	}
	a.Status, a.Location = 201, url
	if !s.noOffset {
		a.Offset = s.uploads[url].offset
	}
	return a
}

// take stores bytes. The last one decides about the upload.
func (s *modelServer) take(u *stored, n int64) {
	u.offset += n
	switch {
	case u.offset < s.size:
	case u.damaged:
		u.state = stateDiscarded
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

// watched is the state of an upload; ok is false if it has none.
func (s *modelServer) watched(url string) (w uploader.Watched, ok bool) {
	u := s.uploads[url]
	switch {
	case u == nil || u.state == stateGone:
		return w, false
	case u.state == stateDiscarded:
		return uploader.Watched{State: uploader.StateFailed, Problem: reason.DigestMismatch, Final: true}, true
	}
	return uploader.Watched{State: u.state}, true
}

// forget deletes an upload and its key.
func (s *modelServer) forget(url string) {
	if u := s.uploads[url]; u == nil || u.state == stateDiscarded || u.state == stateGone {
		return
	}
	delete(s.uploads, url)
	for key, named := range s.keys {
		if named == url {
			delete(s.keys, key)
		}
	}
}

// lose deletes an upload but keeps its key.
func (s *modelServer) lose(url string) {
	if u := s.uploads[url]; u != nil {
		u.state = stateGone
	}
}

// shorten loses acknowledged bytes.
func (s *modelServer) shorten(url string) {
	if u := s.uploads[url]; u != nil && u.state == uploader.StateUploading {
		u.offset = rapid.Int64Range(0, u.offset).Draw(s.t, "left")
	}
}

// spoil damages a stored byte, or one that is about to be stored.
func (s *modelServer) spoil(url string) {
	if u := s.uploads[url]; u != nil && u.state == uploader.StateUploading && s.size > 0 {
		u.damaged = true
	}
}
