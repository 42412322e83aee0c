// Package providertest is the test suite of all providers. It runs a provider against the
// sandbox, compares what arrives with what was sent, and injects faults.
//
// It leaves to others: the paths and fields of one API (the tests of each provider), and
// retries (relay).
package providertest

import (
	"context"
	"io"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// Connection is the address and the key of a sandbox.
type Connection struct {
	BaseURL string
	Key     provider.Secret
	// Number has the ids in the paths of the Cloud API.
	Number sandbox.Number
}

// Harness is a provider under test. Every provider has the fields from Uploader to
// Messages; a method that its API lacks returns an error. The other fields may be nil.
type Harness struct {
	Uploader Uploader
	Sessions Sessions
	Library  Library
	Messages Messages

	Describer Describer
	Pictures  Pictures
	// Nameless says that the API does not store file names.
	Nameless bool
}

// Uploader uploads whole files.
type Uploader interface {
	UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error)
	Limits() provider.Limits
}

// Sessions uploads files in parts.
type Sessions interface {
	OpenSession(ctx context.Context, o media.Object) (media.SessionID, error)
	SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error)
	SessionOffset(ctx context.Context, s media.SessionID) (int64, error)
}

// Library downloads and deletes media objects.
type Library interface {
	Download(ctx context.Context, info provider.Info) (io.ReadCloser, error)
	DeleteMedia(ctx context.Context, id media.MediaID) error
}

// Messages sends media messages.
type Messages interface {
	SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error)
}

// Describer describes media objects.
type Describer interface {
	MediaInfo(ctx context.Context, id media.MediaID) (provider.Info, error)
}

// Pictures sets the profile picture.
type Pictures interface {
	SetProfilePicture(ctx context.Context, h media.Handle) error
}

// Run runs the suite. connect returns the provider for a new sandbox.
func Run(t *testing.T, connect func(Connection) Harness) {
	t.Run("upload", func(t *testing.T) { testUpload(t, connect) })
	t.Run("ids", func(t *testing.T) { testIDs(t, connect) })
	t.Run("names", func(t *testing.T) { testNames(t, connect) })
	t.Run("wire", func(t *testing.T) { testWire(t, connect) })
	t.Run("body of another length", func(t *testing.T) { testBodyLength(t, connect) })
	t.Run("limits", func(t *testing.T) { testLimits(t, connect) })
	t.Run("errors", func(t *testing.T) { testErrors(t, connect) })
	t.Run("shapes of errors", func(t *testing.T) { testShapes(t, connect) })
	t.Run("retry after", func(t *testing.T) { testRetryAfter(t, connect) })
	t.Run("endless responses", func(t *testing.T) { testBombs(t, connect) })
	t.Run("broken connections", func(t *testing.T) { testBroken(t, connect) })
	t.Run("cancel", func(t *testing.T) { testCancel(t, connect) })
	t.Run("redirect", func(t *testing.T) { testRedirect(t, connect) })
	t.Run("secrets", func(t *testing.T) { testSecrets(t, connect) })
	t.Run("sessions", func(t *testing.T) { testSessions(t, connect) })
	t.Run("library", func(t *testing.T) { testLibrary(t, connect) })
	t.Run("messages", func(t *testing.T) { testMessages(t, connect) })
	t.Run("profile picture", func(t *testing.T) { testPicture(t, connect) })
}

// RunSessions runs only the tests of upload sessions.
func RunSessions(t *testing.T, connect func(Connection) Harness) { testSessions(t, connect) }
