package onprem

import (
	"context"

	"mediarelay/internal/provider"
)

// SendMessage sends one media message. That the API takes it does not mean that
// it arrives. After provider.CauseAmbiguous a second attempt may send the message
// twice.
func (c *Client) SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error) {
	const op = "POST /v1/messages"
	body, err := m.Body("") // this API knows one product and has no field for it
	if err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
	}
	var answer provider.MessageAnswer
	err = c.api.Call(ctx, provider.PostJSON(op, "/v1/messages", body), &answer)
	return answer.ID(), err
}
