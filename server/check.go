package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason/catalogue"
)

// The exit codes of check besides 0. One file without a verdict outweighs those
// that are refused.
const (
	exitRefused   exitCode = 1
	exitUnchecked exitCode = 2
)

// checkCommand gives the verdict that the browser and the server give.
type checkCommand struct {
	JSON    bool     `name:"json" help:"Print one JSON object a line."`
	Purpose string   `placeholder:"P" help:"What the files are for, comma separated: message, template, profile. Default: message."`
	Lang    string   `placeholder:"L" help:"Language of the sentences: en, de, es or pt. Default: from LC_ALL, LC_MESSAGES or LANG when it is one of these, else en."`
	Kind    string   `placeholder:"K" help:"What to send the files as: image, video, audio, document or sticker. Default: found from the bytes."`
	Files   []string `arg:"" name:"file" help:"The files to check. Exit code 1: one is refused; 2: one cannot be read."`
}

// exitCode ends the program with a code after all output is written.
type exitCode int

// Error names the code returns the code as text.
func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// ExitCode is what main ends with.
func (e exitCode) ExitCode() int { return int(e) }

// Run checks every file, even if an earlier one failed.
func (c *checkCommand) Run(stdout io.Writer) error {
	question, err := c.question()
	if err != nil {
		return unchecked(err)
	}
	lang, err := c.language()
	if err != nil {
		return unchecked(err)
	}
	var worst error
	for i, name := range c.Files {
		file, err := checkFile(name, question)
		if err != nil {
			worst = unchecked(fmt.Errorf("cannot read %s: %w", name, plain(err)))
			continue
		}
		if file.verdict.Outcome == preflight.Refuse && worst == nil {
			worst = exitRefused
		}
		if err := c.write(stdout, report{file, lang}, i == 0); err != nil {
			return err
		}
	}
	return worst
}

// unchecked prints the error at once, in order with the verdicts
// of the files before and after.
func unchecked(err error) error {
	_, _ = fmt.Fprintf(os.Stderr, "mediarelay: %v\n", err)
	return exitUnchecked
}

func (c *checkCommand) question() (preflight.Question, error) {
	purposes, bad := media.ParsePurposes(c.Purpose)
	if bad != "" {
		return preflight.Question{}, fmt.Errorf("--purpose: %q is none of message, template, profile", bad)
	}
	kind, ok := media.ParseKind(c.Kind)
	if !ok && c.Kind != "" {
		return preflight.Question{}, fmt.Errorf("--kind: %q is none of image, video, audio, document, sticker", c.Kind)
	}
	return preflight.Question{Purposes: purposes, Kind: kind}, nil
}

func (c *checkCommand) language() (string, error) {
	if c.Lang == "" {
		return languageOf(os.Getenv), nil
	}
	if catalogue.Match(c.Lang) == "" {
		return "", fmt.Errorf("--lang: %q is none of %s", c.Lang, strings.Join(catalogue.Languages(), ", "))
	}
	return c.Lang, nil
}

// languageOf is the language of the first variable that is set, as the system's
// own programs take it: "de_DE.UTF-8" is German.
//
// Source: POSIX.1-2024, Base Definitions, section 8.2.
func languageOf(variable func(name string) string) string {
	locale := cmp.Or(variable("LC_ALL"), variable("LC_MESSAGES"), variable("LANG"))
	tag, _, _ := strings.Cut(locale, ".")
	tag, _, _ = strings.Cut(tag, "@")
	if catalogue.Match(tag) == "" {
		return catalogue.Fallback
	}
	return tag
}

func (c *checkCommand) write(stdout io.Writer, file report, first bool) error {
	if c.JSON {
		return file.writeJSON(stdout)
	}
	text := file.block()
	if !first {
		text = "\n" + text
	}
	_, err := io.WriteString(stdout, text)
	return err
}

// checked is one file with its verdict.
type checked struct {
	name    string
	size    int64
	verdict preflight.Verdict
}

func checkFile(name string, q preflight.Question) (checked, error) {
	file, err := os.Open(name)
	if err != nil {
		return checked{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return checked{}, err
	}
	if !info.Mode().IsRegular() {
		return checked{}, errors.New("not a file")
	}
	reader := &remembering{r: file}
	q.Filename, q.Size = info.Name(), info.Size()
	verdict := preflight.Check(reader, q)
	return checked{name: name, size: info.Size(), verdict: verdict}, reader.err
}

// remembering keeps the first error of a reader, which a verdict does not tell.
type remembering struct {
	r   io.ReaderAt
	err error
}

func (m *remembering) ReadAt(p []byte, offset int64) (int, error) {
	n, err := m.r.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) && m.err == nil {
		m.err = err
	}
	return n, err
}

// plain removes the path, which the message already has.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
