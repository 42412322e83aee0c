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

// Page is docs/rules.md.
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

# What does WhatsApp take, and what is refused?

Each kind of message takes a few formats up to a size, listed first. The lists below it say what is **refused**,
because it would be accepted by the provider and never arrive, and what is **warned** of, because it arrives
otherwise than one expects or may not arrive. A file's inside decides, before its name. The same rules run in the browser, on
the server and in ` + "`mediarelay check`" + `; ` + "`GET /v1/rules`" + ` serves them as data, without a token.

## Formats and limits

| kind | for | types, extensions | limit | in bytes | warned above | source, read |
|---|---|---|---|---|---|---|
`

const limitsTail = `
Limits are inclusive. A MB is 1024 × 1024 bytes here, as WhatsApp's own programs count; between that and 1,000,000 bytes,
where nobody has measured, a file is warned of. A file for two purposes must keep the rules of both.

In the sentences below, a word in *italics* stands for what was found in the file.

## Any file

What stands under a kind goes before what stands here.

`

const pageTail = `
## What a check does not see

At most 1 MiB of a file is read before the verdict. So a few things stay unseen, and none of them is promised to be absent:

- A script in a PDF is found at either end (384 KiB), anywhere in a PDF of up to 768 KiB, in its packed objects there (512 KiB
  unpacked), and in a larger one where its plain index leads to what runs when it is opened. It is not found elsewhere: behind
  an index that is packed itself, at a single page or form field in the middle, or where a password hides it.
- Macros in Word, Excel and PowerPoint are found in the newer formats (.docx and alike). Files of the older ones (.doc and alike)
  go by their type, as WhatsApp takes them with macros and without.
- An Office file with more parts than fit into 640 KiB of its directory, or whose list of parts cannot be read, goes by its
  name, with a warning.
- A script or a password is told by the words that a PDF uses for it, where a key or a type stands: a text that quotes such a place
  as a whole gets the same warning.
- Text in a code page of its own, such as Windows-1251, is known by the file's name alone; which code page it is, nobody can tell.

## Where the rules come from

"Cloud API", "Graph API" and "360dialog" are the pages of their documentation, read on the date given; "field reports" are
public reports of what happened to such files. "Our own judgement" stands where no page of WhatsApp speaks of it. The
rules are data in ` + "`internal/preflight`" + `; files that show each of them are in ` + "`internal/preflight/testdata`" + `.
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

// digits writes a number in groups of three, as English does.
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

// writeConditions lists refusals first. Where a condition leaves its source to
// the rules, the first rule's stands for them.
func writeConditions(b *strings.Builder, conditions []preflight.Condition, rules []preflight.Rule) {
	b.WriteString("| | code | what people read | about | source, read |\n|---|---|---|---|---|\n")
	for _, severity := range []reason.Severity{reason.Refuse, reason.Warn} {
		for _, c := range conditions {
			if c.Severity != severity {
				continue
			}
			if c.Source == "" {
				c.Source = rules[0].Source
			}
			fmt.Fprintf(b, "| %s | `%s` | %s | %s | %s, %s |\n", capital(inPast(severity)), c.Code, sentence(c.Code), about(c), c.Source, c.Read)
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

// about says which files a condition speaks of; empty for all of the list.
func about(c preflight.Condition) string {
	var parts []string
	for _, p := range c.Purposes {
		parts = append(parts, string(p))
	}
	for _, typ := range c.Types {
		parts = append(parts, preflight.FormatName(typ))
	}
	return strings.Join(parts, ", ")
}

// The marks between which README.md holds what Readme gives.
const (
	ReadmeStart = "<!-- limits, from internal/preflight by go generate ./internal/preflight/rulespage -->\n"
	ReadmeEnd   = "<!-- end of limits -->\n"
)

// Readme is the table of limits in README.md.
func Readme() string {
	var b strings.Builder
	b.WriteString("| | formats | at most |\n|---|---|---|\n")
	for _, l := range Limits(catalogue.Fallback) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", l.Kind, l.Formats, l.Size)
	}
	return b.String() + "\n" + Handles(catalogue.Fallback) + "\n"
}
