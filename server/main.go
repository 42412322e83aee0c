// The program mediarelay: it reads the settings, builds what they name, joins it,
// serves, and stops. It decides nothing.
//
// It leaves to others everything that a command does beyond that: config what
// settings mean, httpapi the HTTP surface, intake and relay the path of a file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Start the server."`
	Sandbox sandboxCommand `cmd:"" help:"Start the emulated provider APIs alone."`
	Token   tokenCommand   `cmd:"" help:"Sign a token for a channel."`
	Check   checkCommand   `cmd:"" help:"Give the verdict on files, the same as in the browser."`
	Health  healthCommand  `cmd:"" help:"Ask a running server whether it is alive."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(complain(os.Stderr, execute(ctx, os.Args[1:], os.Stdout)))
}

// execute runs one command line.
func execute(ctx context.Context, args []string, stdout io.Writer) error {
	parser, err := kong.New(&commands{},
		kong.Name("mediarelay"),
		kong.Description("Campaign media from a web page to WhatsApp: checked, uploaded in resumable chunks, relayed."),
		kong.ValueFormatter(describe),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdout, (*io.Writer)(nil)),
	)
	if err != nil {
		panic("mediarelay: internal error: " + err.Error())
	}
	command, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("%w. See mediarelay --help", err)
	}
	return command.Run()
}

// describe adds to a flag's help what its value looks like and what it is when it is not given.
func describe(v *kong.Value) string {
	text := v.Help
	if form := v.Tag.Get("form"); form != "" {
		text += " [" + form + "]"
	}
	switch shown := v.Tag.Get("shown"); {
	case v.HasDefault:
		text += " (default: " + v.Default + ")"
	case shown != "":
		text += " (default: " + shown + ")"
	}
	if len(v.Tag.Envs) > 0 {
		text += " $" + v.Tag.Envs[0]
	}
	return text
}

// complain writes an error, each line of it under our name, and gives the exit code.
func complain(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	var silent exitCode
	if errors.As(err, &silent) {
		return int(silent)
	}
	for line := range strings.Lines(err.Error()) {
		_, _ = fmt.Fprintf(stderr, "mediarelay: %s\n", strings.TrimSuffix(line, "\n"))
	}
	return 1
}
