package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"mediarelay/internal/provider"
)

// Channel is one WhatsApp sender: a phone number at one provider.
type Channel struct {
	Name string
	// Provider is ProviderDialog360, the only one of this build.
	Provider string
	// BaseURL is where the provider's API is; empty: the provider's own address.
	BaseURL string
	APIKey  provider.Secret
}

// ProviderDialog360 names 360dialog's API.
const ProviderDialog360 = "dialog360"

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

// channel reads one channel; the mistakes name it by its path in the file.
func (l *loader) channel(name string, fields channelFields) Channel {
	c := channelReader{loader: l, path: "channels." + name, fields: fields}
	if !channelName.MatchString(name) {
		c.fail("the name must have 1 to 63 characters a to z, 0 to 9, - and _, and begin with a letter or a digit")
	}
	if !c.providerKnown() {
		return Channel{Name: name}
	}
	c.knownOnly("provider", "base_url", "api_key_file", "api_key_env")
	return Channel{Name: name, Provider: ProviderDialog360, BaseURL: c.baseURL(), APIKey: c.apiKey()}
}

// channelReader reads the fields of one channel.
type channelReader struct {
	loader *loader
	path   string
	fields channelFields
}

func (c channelReader) fail(format string, args ...any) {
	c.loader.fail(channelsVariable, "%s: %s", c.path, fmt.Sprintf(format, args...))
}

func (c channelReader) providerKnown() bool {
	switch name := c.fields["provider"]; name {
	case ProviderDialog360:
		return true
	case "cloudapi", "onprem":
		c.fail("the provider %s is not available in this build. Use %s", name, ProviderDialog360)
	case "":
		c.fail("provider is missing. Use %s", ProviderDialog360)
	default:
		c.fail("there is no provider %q. Use %s", name, ProviderDialog360)
	}
	return false
}

func (c channelReader) knownOnly(known ...string) {
	for _, field := range slices.Sorted(maps.Keys(c.fields)) {
		switch {
		case field == "api_key":
			c.fail("a key does not belong in this file. Name its file with api_key_file, or its variable with api_key_env")
		case !slices.Contains(known, field):
			c.fail("there is no field %q. The fields are %s", field, strings.Join(known, ", "))
		}
	}
}

func (c channelReader) baseURL() string {
	base := c.fields["base_url"]
	if base != "" && provider.CheckBaseURL(base) != nil {
		c.fail("base_url is not of the form https://host (http only for this machine itself)")
	}
	return base
}

func (c channelReader) apiKey() provider.Secret {
	file, env := c.fields["api_key_file"], c.fields["api_key_env"]
	switch {
	case file != "" && env != "":
		c.fail("api_key_file and api_key_env are both set. Set one of the two")
	case file != "":
		return c.checked("api_key_file", c.fromFile(file))
	case env != "":
		return c.checked("api_key_env", c.fromEnvironment(env))
	default:
		c.fail("the key is missing. Set api_key_file or api_key_env")
	}
	return ""
}

// fromFile takes a relative path from the folder of the channels file.
func (c channelReader) fromFile(path string) provider.Secret {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.loader.ChannelsFile), path)
	}
	key, err := readSecret(path)
	if err != nil {
		c.fail("api_key_file: %v", err)
	}
	return key
}

// fromEnvironment does not repeat the variable's name: who mistakes the field
// writes the key itself there.
func (c channelReader) fromEnvironment(variable string) provider.Secret {
	value, _ := c.loader.env(variable)
	if value == "" {
		c.fail("api_key_env: the environment has no variable of this name, or it is empty")
	}
	return provider.Secret(value)
}

// checked refuses a key that no HTTP header can carry.
func (c channelReader) checked(field string, key provider.Secret) provider.Secret {
	if strings.ContainsFunc(key.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		c.fail("%s: the key holds a space, a line break or a character beyond ASCII", field)
	}
	return key
}
