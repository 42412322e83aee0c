package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

func TestHealthCheck(t *testing.T) {
	s := stage.StartServer(t, t.TempDir())
	var said bytes.Buffer
	check := healthCommand{Listen: strings.TrimPrefix(s.URL, "http://")}
	if err := check.Run(t.Context(), &said); err != nil || said.String() != "ok\n" {
		t.Errorf("%v, %q", err, said.String())
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := check.Run(t.Context(), io.Discard); err == nil {
		t.Error("a stopped server is healthy")
	}
}
