package stage

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
)

// Timeout is how long a test waits for what must happen. No test waits for it to pass.
const Timeout = 20 * time.Second

// Settings are those of a server on free ports, with its data in a folder.
func Settings(dir string) config.Settings {
	return config.Settings{
		Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", DataDir: dir, MinFree: "0", ShutdownDelay: "0s",
	}
}

func noVariables(string) (string, bool) { return "", false }

// Load makes a configuration of settings, without environment variables.
func Load(t testing.TB, s config.Settings) config.Config {
	t.Helper()
	cfg, err := config.Load(s, noVariables)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Launch runs a server until the test ends or stop is called. It returns the server's
// output, of which the first line has been read.
func Launch(t testing.TB, cfg config.Config, files fs.FS) (said *bufio.Scanner, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := app.Run(ctx, app.Options{Config: cfg, WebFiles: files, Stdout: stdout})
		_ = stdout.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(cancel)
	said = bufio.NewScanner(reader)
	if !said.Scan() {
		t.Fatalf("the server ended without output: %v", AwaitEnd(t, ended))
	}
	return said, func() error { cancel(); return AwaitEnd(t, ended) }
}

// AwaitEnd waits for the result of a server that was told to stop.
func AwaitEnd(t testing.TB, ended <-chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(Timeout):
		t.Fatal("the server does not stop")
	}
	return nil
}

// WebFiles stand in for the built upload page where no browser loads it.
var WebFiles = fstest.MapFS{
	"index.html":             {Data: []byte("<!doctype html><title>Upload</title>")},
	"engine.html":            {Data: []byte("<!doctype html><title>Engine</title>")},
	"widget/media-upload.js": {Data: []byte("element")},
	"assets/page.js":         {Data: []byte("page")},
}

// Drain discards the rest of a server's output.
func Drain(said *bufio.Scanner) {
	for said.Scan() {
	}
}
