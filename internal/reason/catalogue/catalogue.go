// Package catalogue turns codes into sentences for people. It reads the same
// files that the browser shows from: one a language, beside this source.
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

// Fallback is the language that has every sentence.
const Fallback = "en"

//go:embed *.json
var files embed.FS

type sentence struct {
	Message string `json:"message"`
	Detail  string `json:"detail"`
}

type language struct {
	Reasons map[reason.Code]sentence `json:"reasons"`
	Fixes   map[reason.Fix]string    `json:"fixes"`
}

var languages = load()

// load reads the files that the build put in. A broken one is a broken build.
func load() map[string]language {
	names, err := files.ReadDir(".")
	if err != nil {
		panic("catalogue: internal error: " + err.Error())
	}
	all := map[string]language{}
	for _, name := range names {
		all[strings.TrimSuffix(name.Name(), ".json")] = parse(name.Name())
	}
	return all
}

func parse(name string) language {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("catalogue: internal error: " + err.Error())
	}
	var l language
	if err := json.Unmarshal(text, &l); err != nil {
		panic(fmt.Sprintf("catalogue: internal error: %s: %v", name, err))
	}
	return l
}

// Sentence says a reason in a language, such as "en" or "de-AT"; one that is not
// there, and a sentence that is missing in it, are English.
func Sentence(lang string, r reason.Reason) string {
	return Message(lang, r.Code, r.Facts)
}

// Message says a code with its facts. A code without a sentence is given as it is.
func Message(lang string, code reason.Code, facts []reason.Fact) string {
	return fill(lookup(lang, code).Message, string(code), lang, facts)
}

// Detail gives what an expert wants to know besides; empty for most codes.
func Detail(lang string, r reason.Reason) string {
	return fill(lookup(lang, r.Code).Detail, "", lang, r.Facts)
}

// Fix says what a person can do.
func Fix(lang string, fix reason.Fix) string {
	for _, name := range preference(lang) {
		if text, ok := languages[name].Fixes[fix]; ok {
			return text
		}
	}
	return string(fix)
}

func lookup(lang string, code reason.Code) sentence {
	for _, name := range preference(lang) {
		if s, ok := languages[name].Reasons[code]; ok {
			return s
		}
	}
	return sentence{}
}

// preference lists the languages to try: the tag, its main language, English.
func preference(tag string) []string {
	tag = strings.ToLower(tag)
	main, _, _ := strings.Cut(tag, "-")
	return []string{tag, main, Fallback}
}

func fill(text, without, lang string, facts []reason.Fact) string {
	if text == "" {
		return without
	}
	pairs := make([]string, 0, 2*len(facts))
	for _, f := range facts {
		pairs = append(pairs, "{"+f.Name+"}", write(lang, f))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
