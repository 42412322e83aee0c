package examples

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

func TestMain(m *testing.M) { browserstage.Main(m) }

// page reads a page of docs.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(stage.Root(), "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block is the first match of a pattern in a page: the group of the pattern.
func block(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(`(?s)` + pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("the page has no %s", pattern)
	}
	return found[1]
}

// freeAddress is an address of this machine on which nothing listens at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// write writes a file that a test reads from a page.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
