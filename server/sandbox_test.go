package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

func TestSandboxAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	said, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- (&sandboxCommand{Listen: "127.0.0.1:0"}).Run(ctx, stdout) }()
	lines := bufio.NewScanner(said)
	lines.Scan()
	url := regexp.MustCompile(`http://\S+$`).FindString(lines.Text())
	go func() { _, _ = io.Copy(io.Discard, said) }()
	answer, err := http.Post(url+"/media", "text/plain", strings.NewReader("no key"))
	if err != nil {
		t.Fatalf("%q: %v", lines.Text(), err)
	}
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a key: %s, want 401", answer.Status)
	}
	cancel()
	if err := stage.AwaitEnd(t, ended); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("stopped with %v", err)
	}
}
