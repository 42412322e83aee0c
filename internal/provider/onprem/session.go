package onprem

import (
	"context"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// OpenSession fails with provider.ErrNoHandles: the API has no upload sessions.
func (c *Client) OpenSession(context.Context, media.Object) (media.SessionID, error) {
	return "", noSessions("open an upload session")
}

// SendSession fails like OpenSession.
func (c *Client) SendSession(context.Context, media.SessionID, provider.Part) (media.Handle, error) {
	return "", noSessions("send into an upload session")
}

// SessionOffset fails like OpenSession.
func (c *Client) SessionOffset(context.Context, media.SessionID) (int64, error) {
	return 0, noSessions("get an upload session's offset")
}

func noSessions(op string) error {
	return &provider.Error{Op: op, Cause: provider.CausePermanent, Err: errNoSessions}
}
