// Package catalogue turns codes into sentences for people, in four languages. Its JSON
// files, one for each language, are bundled for the browser too.
//
// It leaves to others which reason applies (preflight, relay, httpapi). Only the server
// uses the package: in the browser, the worker passes codes and the element has the
// sentences.
package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"mediarelay/internal/reason"
)

// Fallback is the language for a client that accepts none of the others.
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
	// Terms translates units, and facts that are words and not proper names.
	Terms map[string]string `json:"terms"`
}

var languages = load()

// load reads the embedded files. An invalid file is a broken build.
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

// Sentence returns the sentence for a reason in a language, such as "en" or "de-AT". The
// region only affects numbers. An unknown language falls back to English.
func Sentence(lang string, r reason.Reason) string {
	return Message(lang, r.Code, r.Facts)
}

// Message returns the sentence for a code with its facts, or the code itself if it has no
// sentence.
func Message(lang string, code reason.Code, facts []reason.Fact) string {
	l := choose(lang)
	if s := l.Reasons[code]; s.Message != "" {
		return l.fill(s.Message, facts)
	}
	return string(code)
}

// Fix returns the sentence for a fix.
func Fix(lang string, fix reason.Fix) string {
	if text, ok := choose(lang).Fixes[fix]; ok {
		return text
	}
	return string(fix)
}

// Bytes formats a size in units of 1024, as file managers and WhatsApp's limits do.
func Bytes(lang string, n int64) string { return choose(lang).bytes(n) }

// speaker is a language with the locale that formats its numbers.
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

// term translates a word. A proper name has no entry and stays as it is.
func (s speaker) term(word string) string {
	if own, ok := s.Terms[word]; ok {
		return own
	}
	return word
}
