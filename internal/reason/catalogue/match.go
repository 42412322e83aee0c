package catalogue

import (
	"maps"
	"slices"

	"golang.org/x/text/language"
)

// Languages lists the codes of the available languages.
func Languages() []string { return slices.Sorted(maps.Keys(languages)) }

// Match returns the available language of a tag such as "de-AT" or "PT_br", or an empty
// string.
//
// Source: RFC 5646; the underscore is used by POSIX and Java.
func Match(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _ := parsed.Base()
	if _, ok := languages[base.String()]; ok {
		return base.String()
	}
	return ""
}

// Prefer returns the tag of an available language that a client prefers, by its
// Accept-Language header. It returns an empty string if there is none.
//
// Source: RFC 9110, section 12.5.4.
func Prefer(acceptLanguage string) string {
	// An invalid header counts as a missing one: it must not make the request fail.
	tags, _, _ := language.ParseAcceptLanguage(acceptLanguage)
	for _, tag := range tags {
		if Match(tag.String()) != "" {
			return tag.String()
		}
	}
	return ""
}
