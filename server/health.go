package main

import (
	"context"
	"fmt"
	"io"

	"mediarelay/internal/app"
)

// healthCommand is the health check of a container that has no shell.
type healthCommand struct {
	Listen string `env:"MEDIARELAY_LISTEN" default:":8080" placeholder:"ADDR" form:"host:port or :port" help:"Address of the server's public listener."`
}

// Run succeeds if /healthz answers 200.
func (c *healthCommand) Run(ctx context.Context, stdout io.Writer) error {
	if err := app.CheckHealth(ctx, c.Listen); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "ok")
	return err
}
