package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"

	"mediarelay/internal/media"
)

// Message is one media message to one recipient.
type Message struct {
	// To is the recipient's number or WhatsApp id.
	To   string
	Kind media.Kind
	// Either MediaID or Link identifies the media. A link must be HTTPS and point to the
	// file itself, not to a page.
	MediaID media.MediaID
	Link    string
	// Caption is shown below an image, a video or a document.
	Caption string
	// Filename is the document's name as the recipient sees it.
	Filename string
}

// MaxCaptionCharacters is the maximum length of a caption.
//
// Source: Meta's OpenAPI description of the business messaging API, maxLength.
const MaxCaptionCharacters = 1024

// Check rejects a message that the API would reject, or accept without a part of it.
func (m Message) Check() error {
	switch {
	case m.To == "":
		return errors.New("the message has no recipient")
	case (m.MediaID == "") == (m.Link == ""):
		return errors.New("the message needs either a media ID or a link")
	case m.Link != "" && !isHTTPS(m.Link):
		return errors.New("the message's link does not start with https://")
	case m.Caption != "" && (m.Kind == media.KindAudio || m.Kind == media.KindSticker):
		return fmt.Errorf("a message of kind %s cannot have a caption", m.Kind)
	case utf8.RuneCountInString(m.Caption) > MaxCaptionCharacters:
		return fmt.Errorf("the caption is longer than %d characters", MaxCaptionCharacters)
	case m.Filename != "" && m.Kind != media.KindDocument:
		return fmt.Errorf("a message of kind %s cannot have a file name", m.Kind)
	}
	if _, known := media.ParseKind(string(m.Kind)); !known {
		return fmt.Errorf("there is no message of kind %q", m.Kind)
	}
	return nil
}

func isHTTPS(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

// Body returns the JSON of a message, or the error of Check. The APIs differ only in the
// product, which is omitted if empty.
func (m Message) Body(product string) ([]byte, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	body := map[string]any{
		"recipient_type": "individual",
		"to":             m.To,
		"type":           m.Kind,
		string(m.Kind): node{
			ID: m.MediaID, Link: m.Link, Caption: m.Caption, Filename: m.Filename,
		},
	}
	if product != "" {
		body["messaging_product"] = product
	}
	return json.Marshal(body)
}

type node struct {
	ID       media.MediaID `json:"id,omitempty"`
	Link     string        `json:"link,omitempty"`
	Caption  string        `json:"caption,omitempty"`
	Filename string        `json:"filename,omitempty"`
}

// MessageID identifies a message that an API has accepted. Whether it is delivered is
// reported later by a callback.
type MessageID string

// MessageResponse is the response to a message, in every API. 360dialog documents a
// single id, Meta a list of messages with one.
type MessageResponse struct {
	Single   MessageID `json:"id"`
	Messages []struct {
		ID MessageID `json:"id"`
	} `json:"messages"`
}

// Complete reports whether the message has an id.
func (a MessageResponse) Complete() bool { return a.ID() != "" }

// ID returns the id of the message that was sent.
func (a MessageResponse) ID() MessageID {
	if len(a.Messages) == 0 {
		return a.Single
	}
	return a.Messages[0].ID
}
