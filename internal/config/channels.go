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
	// BaseURL is where the provider's API is; empty: the provider's own address.
	BaseURL string
	// APIKey is that of dialog360 and onprem.
	APIKey provider.Secret
	// The rest is cloudapi's. AppID is empty where the channel gives no handles.
	Version, PhoneNumberID, AppID string
	AccessToken                   provider.Secret
}

// Provider names the API that a channel relays to.
type Provider string

// The providers.
const (
	ProviderDialog360 Provider = "dialog360" // 360dialog's waba-v2
	ProviderCloudAPI  Provider = "cloudapi"  // Meta's own
	ProviderOnPrem    Provider = "onprem"    // the on-premise API that 360dialog hosts
)

// DemoChannel is the one channel of a server without a channels file.
const DemoChannel = "demo"

// maxChannelsFileBytes bounds the channels file: some thousand channels.
const maxChannelsFileBytes = 1 << 20

const channelsVariable = "MEDIARELAY_CHANNELS_FILE"

// channelName is the form of a channel's name: it stands in tokens, metrics and logs.
var channelName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// channelFields are the fields of one channel, by name. They are checked by hand,
// since a strict decoder stops at the first that it does not know.
type channelFields map[string]string

type channelsFile struct {
	Channels map[string]channelFields `yaml:"channels"`
}

func (l *loader) channels() []Channel {
	if l.ChannelsFile == "" {
		return []Channel{{Name: DemoChannel, Provider: ProviderDialog360}}
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

// Reading is a channel as its settings are by now.
type Reading struct {
	Channel
	// Err says what is wrong with them, each an *Error; the Channel has its name alone
	// for certain then.
	Err error
}

// reread reads each channel by itself: what is wrong with one is no other's.
func (l *loader) reread() ([]Reading, error) {
	file, err := readChannels(l.ChannelsFile)
	if err == nil && len(file.Channels) == 0 {
		err = errors.New("has no channel under its key channels")
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

// inYAML says where the file is wrong. The library's own text shows the lines
// around the place, and with them what may be a key.
func inYAML(err error) error {
	var positioned yaml.Error
	if !errors.As(err, &positioned) || positioned.GetToken() == nil {
		return errors.New("cannot be read as YAML")
	}
	at := positioned.GetToken().Position
	return fmt.Errorf("is wrong in line %d, column %d: %s", at.Line, at.Column, yamlProblem(positioned))
}

func yamlProblem(err yaml.Error) string {
	switch err.(type) {
	case *yaml.UnknownFieldError:
		return err.GetMessage() // names the field and no value
	case *yaml.TypeError, *yaml.UnexpectedNodeTypeError:
		return "the value is of another form than is asked for"
	}
	if strings.Contains(err.GetMessage(), "already defined") {
		return "the same name stands twice"
	}
	return "it is no YAML"
}
