package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"mediarelay/internal/media"
)

// Template is a submitted template.
type Template struct {
	Name, Category, Language string
	// Format and Handle are those of the media header; empty without one.
	Format string
	Handle media.Handle
}

// ownsHandle reports whether the account was given the handle, with all its lines, and
// the handle has not expired.
func (s *Server) ownsHandle(account *account, handle string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.handles.Get(strings.TrimSpace(handle))
	return ok && kept.owner == account && s.now().Before(kept.expiry)
}

// setProfile sets a profile picture by its handle.
func (s *Server) setProfile(w http.ResponseWriter, r *request) {
	var form struct {
		Product string `json:"messaging_product"`
		Handle  string `json:"profile_picture_handle"`
	}
	switch err := readJSON(r.Body, &form); {
	case err != nil:
		writeParameterError(w, r, "The request body is not valid JSON.")
	case form.Product != "whatsapp":
		writeParameterError(w, r, "The parameter messaging_product is required.")
	case !s.ownsHandle(r.account, form.Handle):
		writeGraphError(w, http.StatusUnprocessableEntity, graphError{Code: 100, Message: "The profile picture handle is invalid or expired"})
	default:
		s.mu.Lock()
		s.created++
		s.pictures.Put(s.created, media.Handle(form.Handle))
		s.mu.Unlock()
		writeJSON(w, http.StatusOK, map[string]bool{"success": true})
	}
}

type templateForm struct {
	Name       string `json:"name"`
	Category   string `json:"category"`
	Language   string `json:"language"`
	Components []struct {
		Type    string `json:"type"`
		Format  string `json:"format"`
		Example struct {
			HeaderHandle []string `json:"header_handle"`
		} `json:"example"`
	} `json:"components"`
}

// mediaFormats lists the header formats that need a sample.
var mediaFormats = []string{"IMAGE", "VIDEO", "GIF", "DOCUMENT"}

// createTemplate accepts a template if the sample of its media header is a handle. Like
// Meta it refuses a link or a media ID.
func (s *Server) createTemplate(w http.ResponseWriter, r *request) {
	var form templateForm
	if err := readJSON(r.Body, &form); err != nil || form.Name == "" || form.Category == "" || form.Language == "" || form.Components == nil {
		writeWrappedError(w, graphError{Code: 100, Message: "Invalid parameter"}, "name, category, language and components are required.")
		return
	}
	template := Template{Name: form.Name, Category: form.Category, Language: form.Language}
	for _, part := range form.Components {
		if part.Type != "HEADER" || !slices.Contains(mediaFormats, part.Format) {
			continue
		}
		if len(part.Example.HeaderHandle) == 0 || !s.ownsHandle(r.account, part.Example.HeaderHandle[0]) {
			writeWrappedError(w, graphError{Code: 100, Subcode: 2388273, Message: "Invalid parameter"},
				"Templates with "+part.Format+" header type need an example/sample, but it was not provided")
			return
		}
		template.Format, template.Handle = part.Format, media.Handle(part.Example.HeaderHandle[0])
	}
	s.storeTemplate(template)
	writeJSON(w, http.StatusCreated, map[string]any{
		"id": digits(16), "name": form.Name, "category": form.Category, "language": form.Language,
		"status": "submitted", "rejected_reason": "NONE",
	})
}

func (s *Server) storeTemplate(t Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.created++
	s.templates.Put(s.created, t)
}

func readJSON(body io.Reader, into any) error {
	const longest = 64 << 10
	return json.NewDecoder(io.LimitReader(body, longest)).Decode(into)
}
