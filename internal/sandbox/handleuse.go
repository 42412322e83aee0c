package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"mediarelay/internal/media"
)

// Template is one template that was handed in.
type Template struct {
	Name, Category, Language string
	// Format and Handle are those of the media header.
	Format string
	Handle media.Handle
}

// holds tells whether a handle, with all its lines, was given to the account and
// has not ended.
func (s *Server) holds(who *account, handle string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, ok := s.handles.get(strings.TrimSpace(handle))
	return ok && kept.owner == who && s.now().Before(kept.end)
}

// setProfile takes a picture's handle.
func (s *Server) setProfile(w http.ResponseWriter, r *request) {
	var asked struct {
		Product string `json:"messaging_product"`
		Handle  string `json:"profile_picture_handle"`
	}
	switch err := readJSON(r.Body, &asked); {
	case err != nil:
		parameterError(w, r, "The request body is not valid JSON.")
	case asked.Product != "whatsapp":
		parameterError(w, r, "The parameter messaging_product is required.")
	case !s.holds(r.who, asked.Handle):
		graphError(w, http.StatusUnprocessableEntity, graph{Code: 100, Message: "The profile picture handle is invalid or expired"})
	default:
		s.mu.Lock()
		s.minted++
		s.pictures.put(s.minted, media.Handle(asked.Handle))
		s.mu.Unlock()
		answer(w, http.StatusOK, map[string]bool{"success": true})
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

// mediaFormats are the formats of a header that need a sample.
var mediaFormats = []string{"IMAGE", "VIDEO", "GIF", "DOCUMENT"}

// createTemplate takes a template whose media header has a handle as its sample.
// A link or a media ID there is refused, as by Meta.
func (s *Server) createTemplate(w http.ResponseWriter, r *request) {
	var form templateForm
	if err := readJSON(r.Body, &form); err != nil || form.Name == "" || form.Category == "" || form.Language == "" || form.Components == nil {
		wrappedError(w, graph{Code: 100, Message: "Invalid parameter"}, "name, category, language and components are required.")
		return
	}
	template := Template{Name: form.Name, Category: form.Category, Language: form.Language}
	for _, part := range form.Components {
		if part.Type != "HEADER" || !slices.Contains(mediaFormats, part.Format) {
			continue
		}
		if len(part.Example.HeaderHandle) == 0 || !s.holds(r.who, part.Example.HeaderHandle[0]) {
			wrappedError(w, graph{Code: 100, Subcode: 2388273, Message: "Invalid parameter"},
				"Templates with "+part.Format+" header type need an example/sample, but it was not provided")
			return
		}
		template.Format, template.Handle = part.Format, media.Handle(part.Example.HeaderHandle[0])
	}
	s.keepTemplate(template)
	answer(w, http.StatusCreated, map[string]any{
		"id": digits(16), "name": form.Name, "category": form.Category, "language": form.Language,
		"status": "submitted", "rejected_reason": "NONE",
	})
}

func (s *Server) keepTemplate(t Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.minted++
	s.templates.put(s.minted, t)
}

func readJSON(body io.Reader, into any) error {
	const longest = 64 << 10
	return json.NewDecoder(io.LimitReader(body, longest)).Decode(into)
}
