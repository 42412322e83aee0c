package graph

import (
	"context"
	"encoding/json"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// SendMessage sends one media message. That the API takes it does not mean that
// it arrives. After provider.CauseAmbiguous a second attempt may send the message
// twice.
func (c *Client) SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error) {
	const op = "POST /messages"
	body, err := m.Body(product)
	if err != nil {
		return "", notSent(op, err)
	}
	var answer provider.MessageAnswer
	err = c.API.Call(ctx, provider.PostJSON(op, c.Routes.Messages, body), &answer)
	return answer.ID(), err
}

// SetProfilePicture shows the uploaded picture as that of the phone number. It
// may be repeated freely.
func (c *Client) SetProfilePicture(ctx context.Context, h media.Handle) error {
	const op = "POST /whatsapp_business_profile"
	body, err := json.Marshal(map[string]string{
		"messaging_product": product, "profile_picture_handle": string(h),
	})
	if err != nil {
		return notSent(op, err)
	}
	request := provider.PostJSON(op, c.Routes.Profile, body)
	request.Creates = false
	return c.API.Call(ctx, request, new(successAnswer))
}
