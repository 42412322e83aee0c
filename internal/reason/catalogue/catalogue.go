// Package catalogue turns codes into sentences for people, in four languages. It
// reads the same files that the browser shows from: one a language, beside this
// source.
//
// It leaves to others: which reason applies (preflight, relay, httpapi). It is
// for the server alone; the worker carries codes and the element the sentences.
package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"mediarelay/internal/reason"
)

// Fallback is the language of whoever asks for none of ours.
const Fallback = "en"

//go:embed *.json
var files embed.FS

type sentence struct {
	Message string `json:"message"`
	Detail  string `json:"detail"`
}

type words struct {
	Reasons map[reason.Code]sentence `json:"reasons"`
	Fixes   map[reason.Fix]string    `json:"fixes"`
	// Terms are the few facts that are words and no proper names, and units.
	Terms map[string]string `json:"terms"`
}

var languages = load()

// load reads the files that the build put in. A broken one is a broken build.
func load() map[string]words {
	names, err := files.ReadDir(".")
	if err != nil {
		panic("catalogue: internal error: " + err.Error())
	}
	all := map[string]words{}
	for _, name := range names {
		all[strings.TrimSuffix(name.Name(), ".json")] = parse(name.Name())
	}
	return all
}

func parse(name string) words {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("catalogue: internal error: " + err.Error())
	}
	var w words
	if err := json.Unmarshal(text, &w); err != nil {
		panic(fmt.Sprintf("catalogue: internal error: %s: %v", name, err))
	}
	return w
}

// Sentence says a reason in a language, such as "en" or "de-AT". A region counts
// for numbers alone; a language that is not there is English.
func Sentence(lang string, r reason.Reason) string {
	return Message(lang, r.Code, r.Facts)
}

// Message says a code with its facts. A code without a sentence is given as it is.
func Message(lang string, code reason.Code, facts []reason.Fact) string {
	l := choose(lang)
	if s := l.Reasons[code]; s.Message != "" {
		return l.fill(s.Message, facts)
	}
	return string(code)
}

// Fix says what a person can do.
func Fix(lang string, fix reason.Fix) string {
	if text, ok := choose(lang).Fixes[fix]; ok {
		return text
	}
	return string(fix)
}

// Bytes writes a size as file managers and WhatsApp's limits do, in units of 1024.
func Bytes(lang string, n int64) string { return choose(lang).bytes(n) }

// speaker is a language with the region in which numbers are written.
type speaker struct {
	words
	locale string
}

func choose(tag string) speaker {
	name := Match(tag)
	if name == "" {
		return speaker{languages[Fallback], Fallback}
	}
	return speaker{languages[name], tag}
}

func (s speaker) fill(text string, facts []reason.Fact) string {
	pairs := make([]string, 0, 2*len(facts))
	for _, f := range facts {
		pairs = append(pairs, "{"+f.Name+"}", s.write(f))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// term is a word in the language; a proper name, which has no entry, stays.
func (s speaker) term(word string) string {
	if own, ok := s.Terms[word]; ok {
		return own
	}
	return word
}
