package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/sandbox/storage"
)

// sessionTypes lists the types that the Resumable Upload API accepts.
var sessionTypes = []string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}

// uploadSession is an upload in progress. Server.mu guards offset; the holder of lock owns
// file and sum; the rest does not change.
type uploadSession struct {
	id        media.SessionID
	owner     *account
	file      *storage.File
	name      string
	mediaType string
	length    int64
	offset    int64
	sum       hash.Hash
	lock      chan struct{}
}

func (s *Server) openSession(w http.ResponseWriter, r *request) {
	query := r.URL.Query()
	for _, name := range []string{"file_name", "file_length", "file_type"} {
		if query.Get(name) == "" {
			writeParameterError(w, r, "The parameter "+name+" is required.")
			return
		}
	}
	length, err := strconv.ParseInt(query.Get("file_length"), 10, 64)
	if err != nil || length <= 0 || length > s.files.Limit() {
		writeParameterError(w, r, "Param file_length must be a positive integer.")
		return
	}
	if !slices.Contains(sessionTypes, query.Get("file_type")) {
		writeParameterError(w, r, "Param file_type must be one of {"+strings.Join(sessionTypes, ", ")+"}.")
		return
	}
	session := &uploadSession{
		owner: r.account, name: query.Get("file_name"), mediaType: query.Get("file_type"), length: length,
		id: s.newSessionID(length, query.Get("file_type")), sum: sha256.New(), lock: make(chan struct{}, 1),
	}
	s.mu.Lock()
	s.sessions.Put(string(session.id), session)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]media.SessionID{"id": session.id})
}

func (s *Server) sessionOffset(w http.ResponseWriter, r *request) {
	session, ok := s.findSession(w, r)
	if !ok {
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"id": session.id, "file_offset": s.offsetOf(session)})
}

// sendSession stores what arrives of a body, even if the body is incomplete.
func (s *Server) sendSession(w http.ResponseWriter, r *request) {
	session, ok := s.findSession(w, r)
	if !ok {
		drain(r.Body)
		return
	}
	offset, err := fileOffset(r.Header)
	if err != nil {
		drain(r.Body)
		writeParameterError(w, r, "The header file_offset must be a non-negative integer.")
		return
	}
	if !session.acquire(r.Context()) {
		return
	}
	defer session.release()
	if offset != s.offsetOf(session) || offset == session.length {
		drain(r.Body)
		writeSessionError(w, http.StatusPreconditionFailed, "OffsetInvalidError", "Request starting offset is invalid")
		return
	}
	s.respondToPart(w, r, session, s.appendBody(session, r.Body))
}

// respondToPart answers after a body was stored as far as it arrived.
func (s *Server) respondToPart(w http.ResponseWriter, r *request, session *uploadSession, err error) {
	switch {
	case isDiskError(err):
		writeInternalError(w, r)
	case errors.Is(err, errTooLong):
		drain(r.Body)
		s.dropSession(session)
		writeParameterError(w, r, "The file is longer than the file_length of its session.")
	case errors.Is(err, errEvicted):
		s.dropSession(session)
		writeNotFound(w, r, "session")
	case s.offsetOf(session) < session.length:
		writeSessionError(w, http.StatusPartialContent, "PartialRequestError",
			"Partial request (did not match length of file)")
	default:
		writeJSON(w, http.StatusOK, map[string]media.Handle{"h": s.storeHandle(session)})
	}
}

var (
	errTooLong = errors.New("sandbox: the body is longer than the session")
	errEvicted = errors.New("sandbox: the session's bytes were dropped to make room")
)

// appendBody appends a body to the session's file.
func (s *Server) appendBody(session *uploadSession, body io.Reader) error {
	if session.file == nil {
		session.file = s.files.Create()
	} else if !s.files.Acquire(session.file) {
		return errEvicted
	}
	defer func() { s.files.Release(session.file, s.offsetOf(session)) }()
	out, err := os.OpenFile(session.file.Path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(&sessionWriter{s, session, out}, body, session.length-s.offsetOf(session))
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if n, _ := io.CopyN(io.Discard, body, 1); n > 0 {
		return errTooLong
	}
	return nil
}

// sessionWriter advances a session's offset with every write, so that a client can query
// it while the body is still arriving.
type sessionWriter struct {
	server  *Server
	session *uploadSession
	out     io.Writer
}

func (g *sessionWriter) Write(p []byte) (int, error) {
	n, err := g.out.Write(p)
	g.session.sum.Write(p[:n])
	g.server.mu.Lock()
	g.session.offset += int64(n)
	g.server.mu.Unlock()
	return n, err
}

// handleRecord is a handle with its owner and expiry.
type handleRecord struct {
	owner  *account
	expiry time.Time
	view   Handle
}

func (s *Server) storeHandle(session *uploadSession) media.Handle {
	expiry := s.now().Add(handleLifetime)
	handle := s.newHandle(session, expiry)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handles.Put(string(handle), handleRecord{owner: session.owner, expiry: expiry, view: Handle{
		Handle: handle, Filename: session.name, Type: session.mediaType,
		Size: session.length, SHA256: hex.EncodeToString(session.sum.Sum(nil)),
	}})
	return handle
}

// findSession returns the session in a request's path. It compares the ID byte for byte
// with the request line: an ID that was escaped, or whose signature was altered, gets an
// error with code 104.
func (s *Server) findSession(w http.ResponseWriter, r *request) (*uploadSession, bool) {
	start := strings.Index(r.RequestURI, "/"+sessionPrefix)
	id := media.SessionID(r.RequestURI[max(start, 0)+1:])
	s.mu.Lock()
	session, ok := s.sessions.Get(string(id))
	s.mu.Unlock()
	switch {
	case ok && session.owner == r.account:
		return session, true
	case s.isSigned(id):
		writeNotFound(w, r, "session")
	default:
		writeGraphError(w, http.StatusBadRequest, graphError{Code: 104, Message: "Incorrect signature"})
	}
	return nil, false
}

func (s *Server) dropSession(session *uploadSession) {
	s.mu.Lock()
	s.sessions.Remove(string(session.id))
	s.mu.Unlock()
	if session.file != nil {
		s.files.Remove(session.file)
	}
}

func (s *Server) offsetOf(session *uploadSession) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return session.offset
}

// fileOffset reads the header file_offset in any case; 0 if absent. Like the API it ignores
// a query parameter of that name.
func fileOffset(header http.Header) (int64, error) {
	value := header.Get("File_offset")
	if value == "" {
		return 0, nil
	}
	offset, err := strconv.ParseInt(value, 10, 64)
	if err == nil && offset < 0 {
		err = strconv.ErrRange
	}
	return offset, err
}

// acquire takes the lock; it returns false if ctx ends first. After a connection breaks,
// the next request waits until the bytes of the broken one are stored.
func (session *uploadSession) acquire(ctx context.Context) bool {
	select {
	case session.lock <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (session *uploadSession) release() { <-session.lock }
