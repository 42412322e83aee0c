package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"mediarelay/internal/media"
)

// Message is one message that was taken for sending, and was not sent.
type Message struct {
	ID      string
	To      string
	Kind    media.Kind
	MediaID media.MediaID
	Link    string
	Caption string
}

// sendMessage takes a media message by id or by link. Like the API it does not
// look at the content: that a phone would never show it is told later, by a
// callback.
func (s *Server) sendMessage(w http.ResponseWriter, r *http.Request, who *account) {
	message, refusal := readMessage(r.Body)
	if refusal != "" {
		parameterError(w, refusal)
		return
	}
	if message.Kind == "" {
		graphError(w, http.StatusBadRequest, graph{Code: 131051, Message: "(#131051) Unsupported message type"})
		return
	}
	if _, ok := s.find(who, string(message.MediaID)); message.Link == "" && !ok {
		parameterError(w, "Param "+string(message.Kind)+"['id'] is not a valid whatsapp business account media attachment ID")
		return
	}
	message.ID = mintMessageID()
	s.mu.Lock()
	s.messages.put(message.ID, message)
	s.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{
		"messaging_product": "whatsapp",
		"contacts":          []map[string]string{{"input": message.To, "wa_id": strings.TrimPrefix(message.To, "+")}},
		"messages":          []map[string]string{{"id": message.ID}},
	})
}

type mediaNode struct {
	ID      media.MediaID `json:"id"`
	Link    string        `json:"link"`
	Caption string        `json:"caption"`
}

// readMessage gives a message without a kind where the type is none of media.
func readMessage(body io.Reader) (m Message, refusal string) {
	const longest = 64 << 10
	raw, _ := io.ReadAll(io.LimitReader(body, longest))
	var head struct {
		Product string `json:"messaging_product"`
		To      string `json:"to"`
		Type    string `json:"type"`
	}
	var nodes map[string]json.RawMessage
	if json.Unmarshal(raw, &head) != nil || json.Unmarshal(raw, &nodes) != nil {
		return m, "The request body is not valid JSON."
	}
	var node mediaNode
	_ = json.Unmarshal(nodes[head.Type], &node) // a node that cannot be read has neither id nor link
	m.To, m.MediaID, m.Link, m.Caption = head.To, node.ID, node.Link, node.Caption
	m.Kind, _ = media.ParseKind(head.Type)
	return m, refuseMessage(head.Product, m)
}

func refuseMessage(product string, m Message) string {
	switch {
	case product != "whatsapp":
		return "The parameter messaging_product is required."
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
