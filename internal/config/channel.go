package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mediarelay/internal/provider"
)

// fieldsOf lists the fields that a channel of each provider may have.
var fieldsOf = map[Provider][]string{
	ProviderDialog360: {"provider", "base_url", "api_key_file", "api_key_env"},
	ProviderCloudAPI: {
		"provider", "base_url", "version", "phone_number_id", "app_id", "access_token_file", "access_token_env",
	},
	ProviderOnPrem: {"provider", "base_url", "api_key_file", "api_key_env"},
}

const providerNames = "dialog360, cloudapi or onprem"

// channelReader reads the fields of one channel. Its errors name the channel by its
// path in the file.
type channelReader struct {
	loader *loader
	path   string
	fields channelFields
}

func (c channelReader) fail(format string, args ...any) {
	problem := c.path + ": " + fmt.Sprintf(format, args...)
	c.loader.errs = append(c.loader.errs, &Error{Variable: channelsVariable, Problem: problem})
}

func (l *loader) channel(name string, fields channelFields) Channel {
	c := channelReader{loader: l, path: "channels." + name, fields: fields}
	if !channelName.MatchString(name) {
		c.fail("the name must have 1 to 63 of the characters a to z, 0 to 9, - and _, and start with a letter or a digit")
	}
	channel := Channel{Name: name, Provider: Provider(fields["provider"])}
	if !c.known(channel.Provider) {
		return channel
	}
	channel.BaseURL = c.baseURL()
	if channel.Provider != ProviderCloudAPI {
		channel.APIKey = c.secret("api_key")
		return channel
	}
	channel.Version, channel.PhoneNumberID, channel.AppID = c.version(), c.phoneNumberID(), c.appID()
	channel.AccessToken = c.secret("access_token")
	return channel
}

// known checks the provider, and that every field belongs to it.
func (c channelReader) known(name Provider) bool {
	known := fieldsOf[name]
	switch {
	case name == "":
		c.fail("provider is missing. Use %s", providerNames)
		return false
	case known == nil:
		c.fail("unknown provider %q. Use %s", name, providerNames)
		return false
	}
	for _, field := range slices.Sorted(maps.Keys(c.fields)) {
		switch {
		case field == "api_key", field == "access_token":
			c.fail("a key does not belong in this file. Set %[1]s_file to its file, or %[1]s_env to its variable", field)
		case !slices.Contains(known, field):
			c.fail("%s has no field %q. Its fields are %s", name, field, strings.Join(known, ", "))
		}
	}
	return true
}

func (c channelReader) baseURL() string {
	base := c.fields["base_url"]
	if base != "" && provider.CheckBaseURL(base) != nil {
		c.fail("base_url does not have the form https://host (http for a loopback address only)")
	}
	return base
}

var (
	graphVersion = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,3}$`)
	graphID      = regexp.MustCompile(`^[0-9]{1,32}$`)
)

func (c channelReader) version() string {
	version := c.fields["version"]
	switch {
	case version == "":
		c.fail("version is missing. Set it to a version of the Graph API, such as v23.0")
	case !graphVersion.MatchString(version):
		c.fail("version %q does not have the form v23.0", version)
	}
	return version
}

func (c channelReader) phoneNumberID() string {
	id := c.fields["phone_number_id"]
	switch {
	case id == "":
		c.fail("phone_number_id is missing. Set it to Meta's id of the number, not to the phone number")
	case !graphID.MatchString(id):
		c.fail("phone_number_id %q is not a number without spaces. Set it to Meta's id, not to the phone number", id)
	}
	return id
}

func (c channelReader) appID() string {
	id := c.fields["app_id"]
	if id != "" && !graphID.MatchString(id) {
		c.fail("app_id %q is not a number without spaces. Leave it out if the channel needs no handles", id)
	}
	return id
}

// secret reads a key from the file in the field NAME_file or from the variable in
// the field NAME_env.
func (c channelReader) secret(name string) provider.Secret {
	fileField, envField := name+"_file", name+"_env"
	file, env := c.fields[fileField], c.fields[envField]
	switch {
	case file != "" && env != "":
		c.fail("%s and %s are both set. Set only one", fileField, envField)
	case file != "":
		return c.checked(fileField, c.fromFile(fileField, file))
	case env != "":
		return c.checked(envField, c.fromEnvironment(envField, env))
	default:
		c.fail("the key is missing. Set %s or %s", fileField, envField)
	}
	return ""
}

// fromFile resolves a relative path against the folder of the channels file.
func (c channelReader) fromFile(field, path string) provider.Secret {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.loader.ChannelsFile), path)
	}
	key, err := c.loader.readSecret(path)
	if err != nil {
		c.fail("%s: %v", field, err)
	}
	return key
}

// fromEnvironment does not repeat the variable's name in errors: an operator who
// misreads the field puts the key itself there.
func (c channelReader) fromEnvironment(field, variable string) provider.Secret {
	value, _ := c.loader.env(variable)
	c.loader.named = append(c.loader.named, variable)
	if value == "" {
		c.fail("%s: the environment variable of this name is missing or empty", field)
	}
	return provider.Secret(value)
}

// checked rejects a key that an HTTP header cannot carry.
func (c channelReader) checked(field string, key provider.Secret) provider.Secret {
	if strings.ContainsFunc(key.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		c.fail("%s: the key contains a space, a line break or a character outside ASCII", field)
	}
	return key
}
