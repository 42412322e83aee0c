package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
)

// serveCommand starts the server.
type serveCommand struct {
	config.Settings `embed:""`
	AdoptStore      bool `help:"Make the store's folder the one of this database, whatever they were paired with before. For one start, after a restore (docs/operations.md)."`
}

// Run serves until the signal to stop.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	cfg, err := config.Load(c.Settings, os.LookupEnv)
	if err != nil {
		return err
	}
	cfg.AdoptStore = c.AdoptStore
	return app.Run(ctx, app.Options{Config: cfg, Stdout: stdout})
}

// Help lists the settings that flags cannot carry.
func (c *serveCommand) Help() string { return config.EnvironmentOnly() }
