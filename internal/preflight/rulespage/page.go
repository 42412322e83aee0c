package rulespage

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/reason/catalogue"
)

//go:generate go test . -run TestTheRulesAreUpToDate -update

// Page returns docs/rules.md.
func Page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	b.WriteString(ruleLines(preflight.Rules()))
	b.WriteString(limitsTail)
	writeConditions(&b, unknownKind(), nil)
	for _, kind := range media.Kinds() {
		fmt.Fprintf(&b, "\n## %s\n\n", capital(vocabularyOf(catalogue.Fallback).kinds[kind].many))
		writeConditions(&b, conditionsOf(kind), rulesOf(kind, media.PurposeMessage))
	}
	b.WriteString(pageTail)
	return b.String()
}

const pageHead = `<!-- Generated from internal/preflight by go generate ./internal/preflight/rulespage. -->

# What WhatsApp supports, and what the check refuses

Each kind of message supports a few formats up to a size limit; the first table lists them. The tables below it list what is
**refused**, because the provider would accept it and never deliver it, and what is **warned** about, because it may not be
delivered or may look different than expected. The check goes by a file's content first and by its name second. The same rules
run in the browser, on the server and in ` + "`mediarelay check`" + `; ` + "`GET /v1/rules`" + ` serves them as data, without a token.

## Formats and limits

| kind | for | types, extensions | limit | in bytes | warned above | source, read |
|---|---|---|---|---|---|---|
`

const limitsTail = `
Limits are inclusive. 1 MB is 1024 × 1024 bytes, as in WhatsApp's own apps. Between that and the decimal reading of
1,000,000 bytes a file gets a warning, because nobody has measured what WhatsApp does there. A file for two purposes must meet
the rules of both.

In the sentences below, a word in *italics* is a placeholder for a value from the file.

## Any file

The conditions of a kind come before these.

`

const pageTail = `
## What the check doesn't see

The check reads at most 1 MiB of a file, so it can miss the following:

- **Scripts in a PDF.** The check finds a script at either end (384 KiB), anywhere in a PDF of up to 768 KiB, in the compressed
  objects of such a PDF (512 KiB unpacked), and in a larger PDF if its plain index leads to what runs when it is opened. It
  doesn't find a script behind a compressed index, on a single page or form field in the middle, or behind a password.
- **Macros.** The check finds macros in the newer Word, Excel and PowerPoint formats (.docx and similar). It judges the older
  ones (.doc and similar) by their type, because WhatsApp accepts them with and without macros.
- **Large Office files.** If a file has more parts than fit into 640 KiB of its directory, or its list of parts can't be read, the
  check goes by the file's name and warns.
- **False positives in a PDF.** The check recognises a script or a password by the keywords that a PDF uses for them, in the
  place of a key or a type. A text that quotes such a place in full gets the same warning.
- **Text encodings.** The check recognises text in a legacy encoding such as Windows-1251 by the file's name only, and can't tell
  which encoding it is.

## Where the rules come from

"Cloud API", "Graph API" and "360dialog" are pages of their documentation, read on the given date. "Field reports" are public
reports of what happened to such files. "Our own judgement" means that no page of WhatsApp covers the case. The rules are data in
` + "`internal/preflight`" + `; files that show each of them are in ` + "`internal/preflight/testdata`" + `.
`

func ruleLines(rules []preflight.Rule) string {
	var b strings.Builder
	for _, r := range rules {
		warned := "–"
		if r.WarnBytes > 0 {
			warned = digits(r.WarnBytes)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s, %s |\n",
			r.Kind, r.Use, typesCell(r), catalogue.Bytes(catalogue.Fallback, r.LimitBytes), digits(r.LimitBytes), warned, r.Source, r.Read)
	}
	return b.String()
}

func typesCell(r preflight.Rule) string {
	return "`" + strings.Join(r.Types, "` `") + "`, " + strings.Join(r.Extensions, " ")
}

// digits writes a number with a comma every three digits.
func digits(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func unknownKind() []preflight.Condition {
	return slices.DeleteFunc(preflight.Conditions(), func(c preflight.Condition) bool { return len(c.Kinds) > 0 })
}

func conditionsOf(kind media.Kind) []preflight.Condition {
	return slices.DeleteFunc(preflight.Conditions(), func(c preflight.Condition) bool {
		return !slices.Contains(c.Kinds, kind) || c.Code == reason.FileNearLimit && rulesOf(kind, media.PurposeMessage)[0].WarnBytes == 0
	})
}

// writeConditions lists refusals first. A condition without a source of its own
// gets that of the first rule.
func writeConditions(b *strings.Builder, conditions []preflight.Condition, rules []preflight.Rule) {
	b.WriteString("| | code | sentence | applies to | source, read |\n|---|---|---|---|---|\n")
	for _, severity := range []reason.Severity{reason.Refuse, reason.Warn} {
		for _, c := range conditions {
			if c.Severity != severity {
				continue
			}
			if c.Source == "" {
				c.Source = rules[0].Source
			}
			fmt.Fprintf(b, "| %s | `%s` | %s | %s | %s, %s |\n", capital(inPast(severity)), c.Code, sentence(c.Code), appliesTo(c), c.Source, c.Read)
		}
	}
}

func inPast(s reason.Severity) string {
	if s == reason.Refuse {
		return "refused"
	}
	return "warned"
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

func sentence(code reason.Code) string {
	text := catalogue.Message(catalogue.Fallback, code, nil)
	return placeholder.ReplaceAllString(text, "*$1*")
}

// appliesTo lists the purposes and formats of a condition; empty means every file
// of the table.
func appliesTo(c preflight.Condition) string {
	var parts []string
	for _, p := range c.Purposes {
		parts = append(parts, string(p))
	}
	for _, typ := range c.Types {
		parts = append(parts, preflight.FormatName(typ))
	}
	return strings.Join(parts, ", ")
}

// ReadmeStart and ReadmeEnd enclose the output of Readme in README.md.
const (
	ReadmeStart = "<!-- limits, from internal/preflight by go generate ./internal/preflight/rulespage -->\n"
	ReadmeEnd   = "<!-- end of limits -->\n"
)

// Readme returns the table of limits for README.md.
func Readme() string {
	var b strings.Builder
	b.WriteString("| | formats | at most |\n|---|---|---|\n")
	for _, l := range Limits(catalogue.Fallback) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", l.Kind, l.Formats, l.Size)
	}
	return b.String() + "\n" + Handles(catalogue.Fallback) + "\n"
}
