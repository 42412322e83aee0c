package sandbox

import "mediarelay/internal/media"

// Media describes an uploaded media object.
type Media struct {
	ID       media.MediaID
	Filename string
	Type     string
	Size     int64
	SHA256   string
}

// Handle describes the result of a finished upload session.
type Handle struct {
	Handle   media.Handle
	Filename string
	Type     string
	Size     int64
	SHA256   string
}

// Media returns the media object with an ID, whichever account owns it.
func (s *Server) Media(id media.MediaID) (Media, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, ok := s.media.Get(string(id))
	if !ok {
		return Media{}, false
	}
	return object.view(), true
}

// AllMedia lists the media objects that were not deleted, oldest first.
func (s *Server) AllMedia() []Media {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Media
	for _, object := range s.media.List() {
		list = append(list, object.view())
	}
	return list
}

// Handles lists the results of finished sessions, oldest first.
func (s *Server) Handles() []Handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Handle
	for _, kept := range s.handles.List() {
		list = append(list, kept.view)
	}
	return list
}

// Session describes an upload session. Offset and Length are in bytes.
type Session struct {
	ID             media.SessionID
	Offset, Length int64
}

// Sessions lists the upload sessions, oldest first.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Session
	for _, session := range s.sessions.List() {
		list = append(list, Session{ID: session.id, Offset: session.offset, Length: session.length})
	}
	return list
}

// ProfilePictures lists the handles set as profile pictures, oldest first.
func (s *Server) ProfilePictures() []media.Handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pictures.List()
}

// Templates lists the submitted templates, oldest first.
func (s *Server) Templates() []Template {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.templates.List()
}

// Number returns the number of a key; the zero Number if the key is unknown.
func (s *Server) Number(key string) Number {
	account, known := s.accounts[key]
	if !known {
		return Number{}
	}
	return account.Number
}

// Messages lists the accepted messages, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages.List()
}

// Calls returns the number of requests of an operation, those with a fault included.
func (s *Server) Calls(op Op) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[op]
}

func (o *mediaObject) view() Media {
	return Media{ID: o.id, Filename: o.filename, Type: o.mediaType, Size: o.size, SHA256: o.sha256}
}
