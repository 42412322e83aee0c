package dialog360

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// Template is a message template with a media header, as it is submitted for review. Each
// message then specifies its own media.
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

// Header is the media header of a template: its format and an example.
type Header struct {
	// Format is IMAGE, VIDEO, GIF or DOCUMENT.
	Format string
	// Handle is the handle of the example, complete with all its lines.
	Handle media.Handle
}

// formats are the formats of media headers.
//
// Source: Meta's "Template components", section Media headers.
var formats = []string{"IMAGE", "VIDEO", "GIF", "DOCUMENT"}

// TemplateState is the status of a template, such as "submitted" before its review.
type TemplateState string

// CreateTemplate submits a template. After provider.CauseAmbiguous another attempt may
// fail because the name is taken.
func (c *Client) CreateTemplate(ctx context.Context, t Template) (TemplateState, error) {
	const op = "POST /v1/configs/templates"
	body, err := t.body()
	if err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
	}
	var response templateResponse
	err = c.API.Call(ctx, provider.PostJSON(op, "/v1/configs/templates", body), &response)
	return response.Status, err
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

var errFormat = errors.New("the format of a media header must be IMAGE, VIDEO, GIF or DOCUMENT")

type component struct {
	Type    string   `json:"type"`
	Format  string   `json:"format,omitempty"`
	Example *example `json:"example,omitempty"`
	Text    string   `json:"text,omitempty"`
}

type example struct {
	HeaderHandle []media.Handle `json:"header_handle"`
}

type templateResponse struct {
	Status TemplateState `json:"status"`
}

func (r templateResponse) Complete() bool { return r.Status != "" }
