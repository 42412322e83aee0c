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
	// Either MediaID or Link names the media. A link is https and leads to the
	// file itself, not to a page.
	MediaID media.MediaID
	Link    string
	// Caption stands below an image, a video or a document.
	Caption string
	// Filename is the document's name as the recipient sees it.
	Filename string
}

// MaxCaptionCharacters bounds a caption.
//
// Source: Meta's OpenAPI description of the business messaging API, maxLength.
const MaxCaptionCharacters = 1024

// Check says what would make the API refuse the message, or take it and drop a
// part of it.
func (m Message) Check() error {
	switch {
	case m.To == "":
		return errors.New("the message has no recipient")
	case (m.MediaID == "") == (m.Link == ""):
		return errors.New("the message needs a media ID or a link, and not both")
	case m.Link != "" && !isHTTPS(m.Link):
		return errors.New("the message's link does not begin with https://")
	case m.Caption != "" && (m.Kind == media.KindAudio || m.Kind == media.KindSticker):
		return fmt.Errorf("a message of kind %s has no caption", m.Kind)
	case utf8.RuneCountInString(m.Caption) > MaxCaptionCharacters:
		return fmt.Errorf("the caption is longer than %d characters", MaxCaptionCharacters)
	case m.Filename != "" && m.Kind != media.KindDocument:
		return fmt.Errorf("a message of kind %s has no file name", m.Kind)
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

// Body is the JSON of a message that Check lets through, the same in every API but
// for the product, which is left out where it is empty.
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

// MessageID is what an API calls a message that it took. That it was taken does
// not mean that it arrives: a callback says so later.
type MessageID string

// MessageAnswer is the answer to a message, in every API. 360dialog's page shows
// an id alone, where Meta's shows a list with it.
type MessageAnswer struct {
	Alone    MessageID `json:"id"`
	Messages []struct {
		ID MessageID `json:"id"`
	} `json:"messages"`
}

// Complete reports whether the message has an id.
func (a MessageAnswer) Complete() bool { return a.ID() != "" }

// ID is that of the one message that was sent.
func (a MessageAnswer) ID() MessageID {
	if len(a.Messages) == 0 {
		return a.Alone
	}
	return a.Messages[0].ID
}
