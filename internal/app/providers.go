package app

import (
	"errors"
	"fmt"

	"mediarelay/internal/config"
	"mediarelay/internal/provider/cloudapi"
	"mediarelay/internal/provider/dialog360"
	"mediarelay/internal/provider/onprem"
	"mediarelay/internal/relay"
)

// providers makes the client of each channel's provider.
func providers(channels []config.Channel) (map[string]relay.Provider, error) {
	var errs []error
	byChannel := map[string]relay.Provider{}
	for _, channel := range channels {
		api, err := newProvider(channel)
		if err != nil {
			errs = append(errs, fmt.Errorf("channel %s: %w", channel.Name, err))
		}
		byChannel[channel.Name] = api
	}
	return byChannel, errors.Join(errs...)
}

// newProvider makes the client of one channel's provider. It sends nothing yet.
func newProvider(c config.Channel) (relay.Provider, error) {
	switch c.Provider {
	case config.ProviderCloudAPI:
		account := cloudapi.Config{
			BaseURL: c.BaseURL, Version: c.Version, PhoneNumberID: c.PhoneNumberID, AppID: c.AppID, AccessToken: c.AccessToken,
		}
		return cloudapi.New(account), account.Check()
	case config.ProviderOnPrem:
		account := onprem.Config{BaseURL: c.BaseURL, APIKey: c.APIKey}
		return onprem.New(account), account.Check()
	case config.ProviderDialog360:
		account := dialog360.Config{BaseURL: c.BaseURL, APIKey: c.APIKey}
		return dialog360.New(account), account.Check()
	}
	return nil, fmt.Errorf("internal error: no client for provider %q", c.Provider)
}
