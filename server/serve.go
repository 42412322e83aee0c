package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
	"mediarelay/internal/logging"
)

// serveCommand starts the server.
type serveCommand struct {
	config.Settings `embed:""`
	AdoptStore      bool `help:"Make the store's folder the one of this database, whatever they were paired with before. For one start, after a restore (docs/operations.md)."`
	Check           bool `help:"Read and check every setting, file, connection and address, print a line for each, serve nothing, and change nothing. Exit code 1: a server could not start."`
}

// exitUnusable is the exit code of a check that found a mistake.
const exitUnusable exitCode = 1

// Run serves until the signal to stop.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer) error {
	c.ForCheck = c.Check
	cfg, err := config.FromEnvironment(c.Settings, os.Environ())
	if c.Check {
		return check(ctx, cfg, err, stdout)
	}
	if err != nil {
		return err
	}
	slog.SetDefault(logging.New(os.Stderr, logging.Options{Level: cfg.LogLevel, Text: cfg.LogText}))
	cfg.AdoptStore = c.AdoptStore
	return app.Run(ctx, app.Options{Config: cfg, Version: version, Stdout: stdout})
}

// check prints the result of a check. With mistakes in the settings, what they name is
// not checked.
func check(ctx context.Context, cfg config.Config, mistakes error, stdout io.Writer) error {
	if mistakes != nil {
		for mistake := range strings.Lines(mistakes.Error()) {
			_, _ = fmt.Fprintf(stdout, "%-8s %s\n", "error", strings.TrimSuffix(mistake, "\n"))
		}
		return exitUnusable
	}
	_, _ = fmt.Fprintf(stdout, "%-8s settings: all are valid\n", "ok")
	if !app.CheckSettings(ctx, cfg, stdout) {
		return exitUnusable
	}
	return nil
}

// Help lists the settings that flags cannot carry.
func (c *serveCommand) Help() string { return config.EnvironmentOnly() }
