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

const Timeout = 20 * time.Second // for what must happen; nothing waits for it to pass

func Settings(dir string) config.Settings {
	return config.Settings{Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", DataDir: dir}
}

func noVariables(string) (string, bool) { return "", false }

func Load(t testing.TB, s config.Settings) config.Config {
	t.Helper()
	cfg, err := config.Load(s, noVariables)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// launch runs a server until the test ends or stop is called, and gives the
// first line of what it says.
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
		t.Fatalf("the server ended without a word: %v", AwaitEnd(t, ended))
	}
	return said, func() error { cancel(); return AwaitEnd(t, ended) }
}

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

var WebFiles = fstest.MapFS{
	"index.html":             {Data: []byte("<!doctype html><title>Upload</title>")},
	"widget/media-upload.js": {Data: []byte("element")},
	"assets/page.js":         {Data: []byte("page")},
}

// drain lets the server say what it likes.
func Drain(said *bufio.Scanner) {
	for said.Scan() {
	}
}
