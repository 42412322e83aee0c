package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"

	"mediarelay/internal/media"
)

// Message is an accepted message. The sandbox does not send it.
type Message struct {
	ID       string
	To       string
	Kind     media.Kind
	MediaID  media.MediaID
	Link     string
	Caption  string
	Filename string
}

// sendMessage accepts a media message by ID or link. Like the API it ignores the content:
// a webhook reports later that a phone cannot display it.
func (s *Server) sendMessage(w http.ResponseWriter, r *request) {
	message, refusal := readMessage(r)
	if refusal != "" {
		writeParameterError(w, r, refusal)
		return
	}
	if message.Kind == "" {
		writeUnsupportedMessage(w, r)
		return
	}
	if _, ok := s.find(r, string(message.MediaID)); message.Link == "" && !ok {
		writeParameterError(w, r, "Param "+string(message.Kind)+"['id'] is not a valid whatsapp business account media attachment ID")
		return
	}
	message.ID = newMessageID()
	s.mu.Lock()
	s.messages.Put(message.ID, message)
	s.mu.Unlock()
	writeMessage(w, r, message)
}

func writeUnsupportedMessage(w http.ResponseWriter, r *request) {
	if r.api == onPremise {
		writeParameterError(w, r, "The sandbox takes messages with media only.")
		return
	}
	writeGraphError(w, http.StatusBadRequest, graphError{Code: 131051, Message: "(#131051) Unsupported message type"})
}

func writeMessage(w http.ResponseWriter, r *request, m Message) {
	sent := []map[string]string{{"id": m.ID}}
	if r.api == onPremise {
		writeJSON(w, http.StatusCreated, map[string]any{"messages": sent, "meta": onPremiseMeta})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"messaging_product": "whatsapp",
		"contacts":          []map[string]string{{"input": m.To, "wa_id": strings.TrimPrefix(m.To, "+")}},
		"messages":          sent,
	})
}

// mediaNode is the object under the name of the message type.
type mediaNode struct {
	ID       media.MediaID `json:"id"`
	Link     string        `json:"link"`
	Caption  string        `json:"caption"`
	Filename string        `json:"filename"`
}

// readMessage parses a message; refusal is the error message if it is invalid. Kind is
// empty if the type is not one of media.
func readMessage(r *request) (m Message, refusal string) {
	var head struct {
		Product   string `json:"messaging_product"`
		Recipient string `json:"recipient_type"`
		To        string `json:"to"`
		Type      string `json:"type"`
	}
	var raw json.RawMessage
	var nodes map[string]json.RawMessage
	if readJSON(r.Body, &raw) != nil || json.Unmarshal(raw, &head) != nil || json.Unmarshal(raw, &nodes) != nil {
		return m, "The request body is not valid JSON."
	}
	var node mediaNode
	_ = json.Unmarshal(nodes[head.Type], &node) // a node that cannot be read has neither id nor link
	m = Message{To: head.To, MediaID: node.ID, Link: node.Link, Caption: node.Caption, Filename: node.Filename}
	m.Kind, _ = media.ParseKind(head.Type)
	switch {
	case head.Product != "whatsapp" && r.api != onPremise:
		return m, "The parameter messaging_product is required."
	case head.Recipient != "" && head.Recipient != "individual":
		return m, "Param recipient_type must be individual."
	}
	return m, checkMessage(m)
}

func checkMessage(m Message) string {
	switch {
	case m.To == "":
		return "The parameter to is required."
	case m.Kind == "":
		return ""
	case m.MediaID == "" && m.Link == "":
		return "Param " + string(m.Kind) + " must have one of the keys id, link."
	case m.MediaID != "" && m.Link != "":
		return "Param " + string(m.Kind) + " must not have both id and link."
	}
	return ""
}
