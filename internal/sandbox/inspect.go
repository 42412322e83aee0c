package sandbox

import "mediarelay/internal/media"

// Media is what the sandbox holds of one POST /media.
type Media struct {
	ID       media.MediaID
	Filename string
	Type     string
	Size     int64
	SHA256   string
}

// Handle is what the sandbox holds of one finished session.
type Handle struct {
	Handle   media.Handle
	Filename string
	Type     string
	Size     int64
	SHA256   string
}

// Media looks up what was uploaded, whoever's it is.
func (s *Server) Media(id media.MediaID) (Media, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, ok := s.media.get(string(id))
	if !ok {
		return Media{}, false
	}
	return object.view(), true
}

// AllMedia lists what was uploaded and not deleted, oldest first.
func (s *Server) AllMedia() []Media {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Media
	for _, object := range s.media.list() {
		list = append(list, object.view())
	}
	return list
}

// Handles lists what finished sessions gave, oldest first.
func (s *Server) Handles() []Handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Handle
	for _, kept := range s.handles.list() {
		list = append(list, kept.view)
	}
	return list
}

// Session is an upload session that grows.
type Session struct {
	ID             media.SessionID
	Offset, Length int64
}

// Sessions lists the upload sessions that were opened, oldest first.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Session
	for _, one := range s.sessions.list() {
		list = append(list, Session{ID: one.id, Offset: one.offset, Length: one.length})
	}
	return list
}

// ProfilePictures lists the handles that were set as profile pictures, oldest first.
func (s *Server) ProfilePictures() []media.Handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pictures.list()
}

// Templates lists the templates that were handed in, oldest first.
func (s *Server) Templates() []Template {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.templates.list()
}

// Number is the number that a key stands for; zero where the key is not known.
func (s *Server) Number(key string) Number {
	who, known := s.accounts[key]
	if !known {
		return Number{}
	}
	return who.Number
}

// Messages lists what was taken for sending, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages.list()
}

// Calls counts the requests of an operation, those that a fault met included.
func (s *Server) Calls(op Op) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[op]
}

func (o *mediaObject) view() Media {
	return Media{ID: o.id, Filename: o.filename, Type: o.mediaType, Size: o.size, SHA256: o.sha256}
}
