package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
	"mediarelay/internal/logging"
)

// serveCommand starts the server.
type serveCommand struct {
	config.Settings `embed:""`
}

// Run serves until the signal to stop.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer) error {
	cfg, err := config.FromEnvironment(c.Settings, os.Environ())
	if err != nil {
		return err
	}
	slog.SetDefault(logging.New(os.Stderr, logging.Options{Level: cfg.LogLevel, Text: cfg.LogText}))
	return app.Run(ctx, app.Options{Config: cfg, Version: version, Stdout: stdout})
}

// Help lists the settings that flags cannot carry.
func (c *serveCommand) Help() string { return config.EnvironmentOnly() }
