package graph

import (
	"context"
	"encoding/json"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// SendMessage sends one media message. Its success does not mean that the message is
// delivered. After provider.CauseAmbiguous another attempt may send the message twice.
func (c *Client) SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error) {
	const op = "POST /messages"
	body, err := m.Body(product)
	if err != nil {
		return "", notSent(op, err)
	}
	var response provider.MessageResponse
	err = c.API.Call(ctx, provider.PostJSON(op, c.Routes.Messages, body), &response)
	return response.ID(), err
}

// SetProfilePicture makes the uploaded picture the profile picture of the phone number.
// It is idempotent.
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
	return c.API.Call(ctx, request, new(successResponse))
}
