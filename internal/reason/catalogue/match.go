package catalogue

import (
	"maps"
	"slices"

	"golang.org/x/text/language"
)

// Languages lists the languages that have every sentence, by their codes.
func Languages() []string { return slices.Sorted(maps.Keys(languages)) }

// Match gives the language of a tag such as "de-AT" or "PT_br"; empty when it is
// none of ours.
//
// Source: RFC 5646; the underscore is POSIX's and Java's.
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

// Prefer gives the tag of ours that a client likes best, by its Accept-Language;
// empty when it likes none of ours, or said nothing.
//
// Source: RFC 9110, section 12.5.4.
func Prefer(acceptLanguage string) string {
	// What cannot be read is worth as much as nothing: a header that an answer
	// does not depend on must not break it.
	tags, _, _ := language.ParseAcceptLanguage(acceptLanguage)
	for _, tag := range tags {
		if Match(tag.String()) != "" {
			return tag.String()
		}
	}
	return ""
}
