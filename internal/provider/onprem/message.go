package onprem

import (
	"context"

	"mediarelay/internal/provider"
)

// SendMessage sends one media message. Its success does not mean that the message is
// delivered. After provider.CauseAmbiguous another attempt may send the message twice.
func (c *Client) SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error) {
	const op = "POST /v1/messages"
	body, err := m.Body("") // this API has only one product, and no field for it
	if err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
	}
	var response provider.MessageResponse
	err = c.api.Call(ctx, provider.PostJSON(op, "/v1/messages", body), &response)
	return response.ID(), err
}
