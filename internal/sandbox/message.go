package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"

	"mediarelay/internal/media"
)

// Message is one message that was taken for sending, and was not sent.
type Message struct {
	ID       string
	To       string
	Kind     media.Kind
	MediaID  media.MediaID
	Link     string
	Caption  string
	Filename string
}

// sendMessage takes a media message by id or by link. Like the API it does not
// look at the content: that a phone would never show it is told later, by a
// callback.
func (s *Server) sendMessage(w http.ResponseWriter, r *request) {
	message, refusal := readMessage(r)
	if refusal != "" {
		parameterError(w, r, refusal)
		return
	}
	if message.Kind == "" {
		noMediaMessage(w, r)
		return
	}
	if _, ok := s.find(r, string(message.MediaID)); message.Link == "" && !ok {
		parameterError(w, r, "Param "+string(message.Kind)+"['id'] is not a valid whatsapp business account media attachment ID")
		return
	}
	message.ID = mintMessageID()
	s.mu.Lock()
	s.messages.put(message.ID, message)
	s.mu.Unlock()
	answerMessage(w, r, message)
}

func noMediaMessage(w http.ResponseWriter, r *request) {
	if r.api == onPremise {
		parameterError(w, r, "The sandbox takes messages with media only.")
		return
	}
	graphError(w, http.StatusBadRequest, graph{Code: 131051, Message: "(#131051) Unsupported message type"})
}

func answerMessage(w http.ResponseWriter, r *request, m Message) {
	sent := []map[string]string{{"id": m.ID}}
	if r.api == onPremise {
		answer(w, http.StatusCreated, map[string]any{"messages": sent, "meta": onPremiseMeta})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"messaging_product": "whatsapp",
		"contacts":          []map[string]string{{"input": m.To, "wa_id": strings.TrimPrefix(m.To, "+")}},
		"messages":          sent,
	})
}

// mediaNode is what stands under the type's name.
type mediaNode struct {
	ID       media.MediaID `json:"id"`
	Link     string        `json:"link"`
	Caption  string        `json:"caption"`
	Filename string        `json:"filename"`
}

// readMessage gives a message without a kind where the type is none of media.
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
	return m, refuseMessage(m)
}

func refuseMessage(m Message) string {
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
