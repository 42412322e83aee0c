package dialog360

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// Template is a message template with a media header, as it is handed in for
// review. The media of the messages themselves is named anew with each of them.
type Template struct {
	Name string
	// Category is MARKETING, UTILITY or AUTHENTICATION.
	Category string
	// Language is a code such as en_US.
	Language string
	Header   Header
	// Body is the text, without variables.
	Body string
}

// Header is the media above a template's text: its format and a sample of it.
type Header struct {
	// Format is IMAGE, VIDEO, GIF or DOCUMENT.
	Format string
	// Handle is the sample's, whole, with all its lines.
	Handle media.Handle
}

// formats are those of headers with media.
//
// Source: Meta's "Template components", section Media headers.
var formats = []string{"IMAGE", "VIDEO", "GIF", "DOCUMENT"}

// TemplateState is what the API says of a template that it took, such as
// "submitted": the review follows.
type TemplateState string

// CreateTemplate hands in a template. After provider.CauseAmbiguous a second
// attempt may find that its name is taken.
func (c *Client) CreateTemplate(ctx context.Context, t Template) (TemplateState, error) {
	const op = "POST /v1/configs/templates"
	body, err := t.body()
	if err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
	}
	var answer templateAnswer
	err = c.API.Call(ctx, provider.PostJSON(op, "/v1/configs/templates", body), &answer)
	return answer.Status, err
}

func (t Template) body() ([]byte, error) {
	if !slices.Contains(formats, t.Header.Format) {
		return nil, errFormat
	}
	return json.Marshal(map[string]any{
		"name": t.Name, "category": t.Category, "language": t.Language,
		"components": []component{
			{Type: "HEADER", Format: t.Header.Format, Example: &example{[]media.Handle{t.Header.Handle}}},
			{Type: "BODY", Text: t.Body},
		},
	})
}

var errFormat = errors.New("a template's media header has one of the formats IMAGE, VIDEO, GIF, DOCUMENT")

type component struct {
	Type    string   `json:"type"`
	Format  string   `json:"format,omitempty"`
	Example *example `json:"example,omitempty"`
	Text    string   `json:"text,omitempty"`
}

type example struct {
	HeaderHandle []media.Handle `json:"header_handle"`
}

type templateAnswer struct {
	Status TemplateState `json:"status"`
}

func (a templateAnswer) Complete() bool { return a.Status != "" }
