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
}

// Run serves until the signal to stop.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	cfg, err := config.Load(c.Settings, os.LookupEnv)
	if err != nil {
		return err
	}
	return app.Run(ctx, app.Options{Config: cfg, Stdout: stdout})
}

// Help lists the settings that flags cannot carry.
func (c *serveCommand) Help() string { return config.EnvironmentOnly() }
