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

// fieldsOf are the fields that a channel of each provider has.
var fieldsOf = map[Provider][]string{
	ProviderDialog360: {"provider", "base_url", "api_key_file", "api_key_env"},
	ProviderCloudAPI: {
		"provider", "base_url", "version", "phone_number_id", "app_id", "access_token_file", "access_token_env",
	},
	ProviderOnPrem: {"provider", "base_url", "api_key_file", "api_key_env"},
}

const providerNames = "dialog360, cloudapi or onprem"

// channelReader reads the fields of one channel; the mistakes name it by its path
// in the file.
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
		c.fail("the name must have 1 to 63 characters a to z, 0 to 9, - and _, and begin with a letter or a digit")
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

// known checks the provider and that no field is there which it does not have.
func (c channelReader) known(name Provider) bool {
	known := fieldsOf[name]
	switch {
	case name == "":
		c.fail("provider is missing. Use %s", providerNames)
		return false
	case known == nil:
		c.fail("there is no provider %q. Use %s", name, providerNames)
		return false
	}
	for _, field := range slices.Sorted(maps.Keys(c.fields)) {
		switch {
		case field == "api_key", field == "access_token":
			c.fail("a key does not belong in this file. Name its file with %[1]s_file, or its variable with %[1]s_env", field)
		case !slices.Contains(known, field):
			c.fail("%s has no field %q. Its fields are %s", name, field, strings.Join(known, ", "))
		}
	}
	return true
}

func (c channelReader) baseURL() string {
	base := c.fields["base_url"]
	if base != "" && provider.CheckBaseURL(base) != nil {
		c.fail("base_url is not of the form https://host (http only for this machine itself)")
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
		c.fail("version is missing. Write that of the Graph API, such as v23.0")
	case !graphVersion.MatchString(version):
		c.fail("version %q is not of the form v23.0", version)
	}
	return version
}

func (c channelReader) phoneNumberID() string {
	id := c.fields["phone_number_id"]
	switch {
	case id == "":
		c.fail("phone_number_id is missing. Write Meta's id of the number, which is not the phone number itself")
	case !graphID.MatchString(id):
		c.fail("phone_number_id %q is not a number without spaces. It is Meta's id, not the phone number itself", id)
	}
	return id
}

func (c channelReader) appID() string {
	id := c.fields["app_id"]
	if id != "" && !graphID.MatchString(id) {
		c.fail("app_id %q is not a number without spaces. Leave it out where the channel needs no handles", id)
	}
	return id
}

// secret reads a key from the file or the variable that name_file or name_env
// names.
func (c channelReader) secret(name string) provider.Secret {
	fileField, envField := name+"_file", name+"_env"
	file, env := c.fields[fileField], c.fields[envField]
	switch {
	case file != "" && env != "":
		c.fail("%s and %s are both set. Set one of the two", fileField, envField)
	case file != "":
		return c.checked(fileField, c.fromFile(fileField, file))
	case env != "":
		return c.checked(envField, c.fromEnvironment(envField, env))
	default:
		c.fail("the key is missing. Set %s or %s", fileField, envField)
	}
	return ""
}

// fromFile takes a relative path from the folder of the channels file.
func (c channelReader) fromFile(field, path string) provider.Secret {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.loader.ChannelsFile), path)
	}
	key, err := readSecret(path)
	if err != nil {
		c.fail("%s: %v", field, err)
	}
	return key
}

// fromEnvironment does not repeat the variable's name: who mistakes the field
// writes the key itself there.
func (c channelReader) fromEnvironment(field, variable string) provider.Secret {
	value, _ := c.loader.env(variable)
	if value == "" {
		c.fail("%s: the environment has no variable of this name, or it is empty", field)
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
