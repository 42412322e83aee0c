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
)

// sessionTypes are the types of the Resumable Upload API.
var sessionTypes = []string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}

// session is one upload that grows to its length. Offset is guarded by
// Server.mu; the rest belongs to whoever holds the turn.
type session struct {
	id        media.SessionID
	owner     *account
	file      *file
	name      string
	mediaType string
	length    int64
	offset    int64
	sum       hash.Hash
	turn      chan struct{}
}

func (s *Server) openSession(w http.ResponseWriter, r *request) {
	query := r.URL.Query()
	for _, name := range []string{"file_name", "file_length", "file_type"} {
		if query.Get(name) == "" {
			parameterError(w, r, "The parameter "+name+" is required.")
			return
		}
	}
	length, err := strconv.ParseInt(query.Get("file_length"), 10, 64)
	if err != nil || length <= 0 || length > s.files.limit {
		parameterError(w, r, "Param file_length must be a positive integer.")
		return
	}
	if !slices.Contains(sessionTypes, query.Get("file_type")) {
		parameterError(w, r, "Param file_type must be one of {"+strings.Join(sessionTypes, ", ")+"}.")
		return
	}
	one := &session{
		owner: r.who, name: query.Get("file_name"), mediaType: query.Get("file_type"), length: length,
		id: s.mintSessionID(length, query.Get("file_type")), sum: sha256.New(), turn: make(chan struct{}, 1),
	}
	s.mu.Lock()
	s.sessions.put(string(one.id), one)
	s.mu.Unlock()
	answer(w, http.StatusOK, map[string]media.SessionID{"id": one.id})
}

func (s *Server) sessionOffset(w http.ResponseWriter, r *request) {
	one, ok := s.session(w, r)
	if !ok {
		return
	}
	answer(w, http.StatusOK, map[string]any{"id": one.id, "file_offset": s.offsetOf(one)})
}

// sendSession keeps what arrives of a body, however it ends.
func (s *Server) sendSession(w http.ResponseWriter, r *request) {
	one, ok := s.session(w, r)
	if !ok {
		drain(r.Body)
		return
	}
	offset, err := fileOffset(r.Header)
	if err != nil {
		drain(r.Body)
		parameterError(w, r, "The header file_offset must be a non-negative integer.")
		return
	}
	if !one.wait(r.Context()) {
		return
	}
	defer one.done()
	if offset != s.offsetOf(one) || offset == one.length {
		drain(r.Body)
		sessionError(w, http.StatusPreconditionFailed, "OffsetInvalidError", "Request starting offset is invalid")
		return
	}
	s.finishPart(w, r, one, s.take(one, r.Body))
}

// finishPart answers for what has arrived.
func (s *Server) finishPart(w http.ResponseWriter, r *request, one *session, err error) {
	switch {
	case diskFault(err):
		ownFault(w, r)
	case errors.Is(err, errTooLong):
		drain(r.Body)
		s.forget(one)
		parameterError(w, r, "The file is longer than the file_length of its session.")
	case errors.Is(err, errDropped):
		s.forget(one)
		noObject(w, r, "session")
	case s.offsetOf(one) < one.length:
		sessionError(w, http.StatusPartialContent, "PartialRequestError",
			"Partial request (did not match length of file)")
	default:
		answer(w, http.StatusOK, map[string]media.Handle{"h": s.keepHandle(one)})
	}
}

var (
	errTooLong = errors.New("sandbox: the body is longer than the session")
	errDropped = errors.New("sandbox: the session's bytes were dropped to make room")
)

// take appends a body to the session's file.
func (s *Server) take(one *session, body io.Reader) error {
	if one.file == nil {
		one.file = s.files.create()
	} else if !s.files.take(one.file) {
		return errDropped
	}
	defer func() { s.files.release(one.file, s.offsetOf(one)) }()
	out, err := os.OpenFile(one.file.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(&growing{s, one, out}, body, one.length-s.offsetOf(one))
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if n, _ := io.CopyN(io.Discard, body, 1); n > 0 {
		return errTooLong
	}
	return nil
}

// growing moves a session's offset on with every write, so that it can be asked
// for while the body still arrives.
type growing struct {
	server  *Server
	session *session
	out     io.Writer
}

func (g *growing) Write(p []byte) (int, error) {
	n, err := g.out.Write(p)
	g.session.sum.Write(p[:n])
	g.server.mu.Lock()
	g.session.offset += int64(n)
	g.server.mu.Unlock()
	return n, err
}

// keptHandle is a handle with whose it is and how long.
type keptHandle struct {
	owner *account
	end   time.Time
	view  Handle
}

func (s *Server) keepHandle(one *session) media.Handle {
	end := s.now().Add(handleLifetime)
	handle := s.mintHandle(one, end)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handles.put(string(handle), keptHandle{owner: one.owner, end: end, view: Handle{
		Handle: handle, Filename: one.name, Type: one.mediaType,
		Size: one.length, SHA256: hex.EncodeToString(one.sum.Sum(nil)),
	}})
	return handle
}

// session finds the session that a request names. The id is compared byte for
// byte as it stands in the request line: an id that was escaped on its way, or
// whose signature was altered, is answered with code 104.
func (s *Server) session(w http.ResponseWriter, r *request) (*session, bool) {
	start := strings.Index(r.RequestURI, "/"+sessionPrefix)
	id := media.SessionID(r.RequestURI[max(start, 0)+1:])
	s.mu.Lock()
	one, ok := s.sessions.get(string(id))
	s.mu.Unlock()
	switch {
	case ok && one.owner == r.who:
		return one, true
	case s.signed(id):
		noObject(w, r, "session")
	default:
		graphError(w, http.StatusBadRequest, graph{Code: 104, Message: "Incorrect signature"})
	}
	return nil, false
}

func (s *Server) forget(one *session) {
	s.mu.Lock()
	s.sessions.remove(string(one.id))
	s.mu.Unlock()
	if one.file != nil {
		s.files.remove(one.file)
	}
}

func (s *Server) offsetOf(one *session) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return one.offset
}

// fileOffset reads the header in any spelling of its case; it is 0 where there
// is none. As a query parameter it does nothing, as with the API.
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

// wait takes the turn: a request that follows a broken one waits until what the
// broken one sent is stored.
func (one *session) wait(ctx context.Context) bool {
	select {
	case one.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (one *session) done() { <-one.turn }
