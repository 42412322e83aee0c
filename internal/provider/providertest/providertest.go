// Package providertest is the suite that every provider passes. It runs a
// provider against the sandbox, compares what arrived with what was sent, and
// makes things go wrong on the way.
//
// It leaves to others: what one API says on the wire (each provider's own
// tests), and second attempts (relay).
package providertest

import (
	"context"
	"io"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// Connection is the sandbox as a provider is to reach it.
type Connection struct {
	BaseURL string
	Key     provider.Secret
	// Number is what the paths of the Cloud API name.
	Number sandbox.Number
}

// Harness is a provider under test. Every provider has Uploader to Messages: what
// its API does not have is an error that says so. The rest is nil where it is not
// there.
type Harness struct {
	Uploader Uploader
	Sessions Sessions
	Library  Library
	Messages Messages

	Describer Describer
	Pictures  Pictures
	// Nameless says that the API takes no file names.
	Nameless bool
}

// Uploader takes whole files.
type Uploader interface {
	UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error)
	Limits() provider.Limits
}

// Sessions takes files in parts.
type Sessions interface {
	OpenSession(ctx context.Context, o media.Object) (media.SessionID, error)
	SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error)
	SessionOffset(ctx context.Context, s media.SessionID) (int64, error)
}

// Library gives back what was uploaded.
type Library interface {
	Download(ctx context.Context, info provider.Info) (io.ReadCloser, error)
	DeleteMedia(ctx context.Context, id media.MediaID) error
}

// Messages sends what was uploaded.
type Messages interface {
	SendMessage(ctx context.Context, m provider.Message) (provider.MessageID, error)
}

// Describer says what was uploaded, and where it can be fetched.
type Describer interface {
	MediaInfo(ctx context.Context, id media.MediaID) (provider.Info, error)
}

// Pictures takes the handle of a profile picture.
type Pictures interface {
	SetProfilePicture(ctx context.Context, h media.Handle) error
}

// Run runs the suite. Connect makes the provider for a fresh sandbox.
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
	t.Run("answers without end", func(t *testing.T) { testBombs(t, connect) })
	t.Run("broken connections", func(t *testing.T) { testBroken(t, connect) })
	t.Run("cancel", func(t *testing.T) { testCancel(t, connect) })
	t.Run("redirect", func(t *testing.T) { testRedirect(t, connect) })
	t.Run("secrets", func(t *testing.T) { testSecrets(t, connect) })
	t.Run("sessions", func(t *testing.T) { testSessions(t, connect) })
	t.Run("library", func(t *testing.T) { testLibrary(t, connect) })
	t.Run("messages", func(t *testing.T) { testMessages(t, connect) })
	t.Run("profile picture", func(t *testing.T) { testPicture(t, connect) })
}

// RunSessions runs the part of the suite about upload sessions.
func RunSessions(t *testing.T, connect func(Connection) Harness) { testSessions(t, connect) }
