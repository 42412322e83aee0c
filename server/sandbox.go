package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"mediarelay/internal/app"
)

// sandboxCommand runs the emulated APIs alone.
type sandboxCommand struct {
	Listen string `default:"127.0.0.1:8090" placeholder:"ADDR" form:"host:port or :port" help:"Address to listen on."`
}

// Run serves until the signal to stop.
func (c *sandboxCommand) Run(ctx context.Context, stdout io.Writer) error {
	s, err := app.StartSandbox(ctx, c.Listen)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "The sandbox, an emulation of the APIs of dialog360, cloudapi and onprem, is at %s\n"+
		"API key and access token: %s\nFor cloudapi: phone_number_id %s, app_id %s\nNothing that is sent here reaches WhatsApp.\n",
		s.URL, s.APIKey, s.PhoneNumberID, s.AppID)
	select {
	case <-ctx.Done():
		return s.Stop()
	case err := <-s.Failed:
		return errors.Join(err, s.Stop())
	}
}
