package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"mediarelay/internal/provider"
)

// Channel is one WhatsApp sender: a phone number at one provider.
type Channel struct {
	Name     string
	Provider Provider
	// BaseURL is the address of the provider's API; empty means the provider's default.
	BaseURL string
	// APIKey is set for dialog360 and onprem.
	APIKey provider.Secret
	// The following are set for cloudapi. AppID is empty if the channel gives no handles.
	Version, PhoneNumberID, AppID string
	AccessToken                   provider.Secret
}

// Provider is the API that a channel relays to.
type Provider string

// The providers, as the channels file names them.
const (
	ProviderDialog360 Provider = "dialog360" // 360dialog's waba-v2
	ProviderCloudAPI  Provider = "cloudapi"  // Meta's Cloud API
	ProviderOnPrem    Provider = "onprem"    // the on-premise API that 360dialog hosts
)

// DemoChannel is the only channel of a server on the sandbox.
const DemoChannel = "demo"

// maxChannelsFileBytes limits the channels file to 1 MiB, several thousand channels.
const maxChannelsFileBytes = 1 << 20

const channelsVariable = "MEDIARELAY_CHANNELS_FILE"

// channelName is the form of a channel's name, which appears in tokens, metrics and
// logs.
var channelName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// channelFields are the fields of one channel, by name. They are checked by hand
// because a strict decoder stops at the first unknown field.
type channelFields map[string]string

type channelsFile struct {
	Channels map[string]channelFields `yaml:"channels"`
}

func (l *loader) channels(sandbox bool) []Channel {
	if sandbox {
		return []Channel{{Name: DemoChannel, Provider: ProviderDialog360}}
	}
	if l.ChannelsFile == "" {
		return nil // isSandbox has said that it is missing
	}
	file, err := readChannels(l.ChannelsFile)
	if err != nil {
		l.fail(channelsVariable, "%q %v", l.ChannelsFile, err)
		return nil
	}
	if len(file.Channels) == 0 {
		l.fail(channelsVariable, "%q has no channel under channels:", l.ChannelsFile)
	}
	var channels []Channel
	for _, name := range slices.Sorted(maps.Keys(file.Channels)) {
		channels = append(channels, l.channel(name, file.Channels[name]))
	}
	return channels
}

// Reading is the result of reading a channel again.
type Reading struct {
	Channel
	// Err joins the mistakes in the channel's settings, each an *Error. If it is set,
	// only the channel's name is reliable.
	Err error
}

// reread reads each channel on its own, so that a mistake in one does not affect the
// others.
func (l *loader) reread() ([]Reading, error) {
	file, err := readChannels(l.ChannelsFile)
	if err == nil && len(file.Channels) == 0 {
		err = errors.New("has no channel under the key channels")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %q %w", channelsVariable, l.ChannelsFile, err)
	}
	var readings []Reading
	for _, name := range slices.Sorted(maps.Keys(file.Channels)) {
		own := &loader{Settings: l.Settings, env: l.env}
		readings = append(readings, Reading{own.channel(name, file.Channels[name]), errors.Join(own.errs...)})
	}
	return readings, nil
}

func readChannels(path string) (channelsFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return channelsFile{}, fmt.Errorf("cannot be read: %w", reasonOf(err))
	}
	defer f.Close()
	var file channelsFile
	err = yaml.NewDecoder(io.LimitReader(f, maxChannelsFileBytes), yaml.Strict()).Decode(&file)
	if err != nil && !errors.Is(err, io.EOF) {
		return channelsFile{}, inYAML(err)
	}
	return file, nil
}

// inYAML reports the position of a syntax error. The library's own message quotes the
// lines around it, which may contain a key.
func inYAML(err error) error {
	var positioned yaml.Error
	if !errors.As(err, &positioned) || positioned.GetToken() == nil {
		return errors.New("is not valid YAML")
	}
	at := positioned.GetToken().Position
	return fmt.Errorf("has an error in line %d, column %d: %s", at.Line, at.Column, yamlProblem(positioned))
}

func yamlProblem(err yaml.Error) string {
	switch err.(type) {
	case *yaml.UnknownFieldError:
		return err.GetMessage() // names the field, not its value
	case *yaml.TypeError, *yaml.UnexpectedNodeTypeError:
		return "the value has the wrong type"
	}
	if strings.Contains(err.GetMessage(), "already defined") {
		return "duplicate name"
	}
	return "invalid YAML"
}
