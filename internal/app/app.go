// Package app is the Mediarelay server as a library. Options go in; Run opens the
// store and the database, connects the parts, listens, and stops when its context ends.
//
// It is the only native package that knows which implementation stands behind which
// interface. It leaves to config what the settings mean, to httpapi the HTTP surface,
// to intake and relay the lifecycle of a file, and to the commands in server/ the
// command line and the process's log.
package app

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/intake"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
	"mediarelay/web"
)

// Options describe one server. Config is required.
type Options struct {
	Config config.Config
	// Version is that of the build, for the log.
	Version string
	// Stdout gets the greeting. Its first line contains the URL of the public
	// listener. Nil discards it.
	Stdout io.Writer
	// WebFiles are the upload page and the element. Nil means the files that are
	// built into the binary.
	WebFiles fs.FS
	// WrapSeams lets a test put faults between the parts. Nil leaves them as they are.
	WrapSeams func(Seams) Seams
	// Database options are for tests that set the clock.
	Database []database.Option
}

// Seams are the interfaces between the parts at which a test can intervene.
type Seams struct {
	Uploads   Uploads                   // the library, as HTTP requests see it
	Bytes     Bytes                     // the store
	Providers map[string]relay.Provider // by channel
}

// Uploads is what intake and httpapi need of the library.
type Uploads interface {
	intake.Uploads
	httpapi.Uploads
}

// Bytes is what intake, relay and the readiness check need of the store.
type Bytes interface {
	intake.Bytes
	relay.Bytes
	httpapi.Readier
}

// Run starts a server and serves until ctx is done or a listener fails. With
// Config.Sandbox it starts a sandbox of its own first, and points every channel at it.
// A listen address with port 0 takes a free port.
func Run(ctx context.Context, o Options) (err error) {
	o, err = o.withDefaults()
	if err != nil {
		return err
	}
	if o.Config.Sandbox {
		demo, err := StartSandbox(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, demo.Stop()) }()
		o.Config.Channels = onSandbox(o.Config.Channels, demo.URL)
	}
	a, err := assemble(ctx, o)
	if err != nil {
		return err
	}
	return a.serve(ctx, o)
}

func (o Options) withDefaults() (Options, error) {
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	if o.WebFiles != nil {
		return o, nil
	}
	o.WebFiles = web.Files()
	return o, web.Built()
}

// onSandbox gives the channels the address and the key of a sandbox.
func onSandbox(channels []config.Channel, url string) []config.Channel {
	pointed := make([]config.Channel, len(channels))
	for i, channel := range channels {
		channel.BaseURL, channel.APIKey = url, provider.Secret(sandbox.DemoAPIKey)
		pointed[i] = channel
	}
	return pointed
}
