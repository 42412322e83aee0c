package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/config"
)

// tokenCommand signs a token with the configured secret.
type tokenCommand struct {
	Channel string        `required:"" placeholder:"C" help:"The channel that the token is for."`
	Scope   string        `required:"" placeholder:"\"…\"" help:"What the token allows, separated by spaces: upload, assets:read, assets:write, messages:send."`
	TTL     time.Duration `name:"ttl" default:"1h" help:"How long the token is valid."`
	Subject string        `default:"operator" help:"Who the token is for, recorded with its uploads and assets."`

	config.Settings `embed:"" group:"Settings of the server that will accept the token:"`
}

// Run prints the token alone, so that a script can take it.
func (c *tokenCommand) Run(stdout io.Writer) error {
	c.ForToken = true
	cfg, err := config.Load(c.Settings, os.LookupEnv)
	if err != nil {
		return err
	}
	if err := c.check(cfg); err != nil {
		return err
	}
	token, err := auth.Sign(cfg.Tokens(), auth.Claims{
		Subject: c.Subject, Channel: c.Channel, Scopes: strings.Fields(c.Scope), ExpiresAt: time.Now().Add(c.TTL),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, token)
	return err
}

func (c *tokenCommand) check(cfg config.Config) error {
	var errs []error
	if !slices.Contains(cfg.ChannelNames(), c.Channel) {
		errs = append(errs, fmt.Errorf("--channel: there is no channel %q. The channels are: %s",
			c.Channel, strings.Join(cfg.ChannelNames(), ", ")))
	}
	scopes := strings.Fields(c.Scope)
	if len(scopes) == 0 {
		errs = append(errs, errors.New("--scope: it is empty. Name at least one scope"))
	}
	for _, scope := range scopes {
		if !slices.Contains(auth.Scopes(), auth.Scope(scope)) {
			errs = append(errs, fmt.Errorf("--scope: there is no scope %q. The scopes are: %v", scope, auth.Scopes()))
		}
	}
	if c.TTL < time.Second {
		errs = append(errs, fmt.Errorf("--ttl: %v is too short. Give a second or more, such as 15m", c.TTL))
	}
	return errors.Join(errs...)
}

// Help lists the settings that flags cannot carry.
func (c *tokenCommand) Help() string { return config.EnvironmentOnly() }
