package config_test

import (
	"flag"
	"os"
	"testing"

	"mediarelay/internal/config"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

const page = "../../docs/configuration.md"

func TestTheConfigurationPageIsUpToDate(t *testing.T) {
	if *update {
		if err := os.WriteFile(page, []byte(config.Page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != config.Page() {
		t.Error("docs/configuration.md is out of date: run go generate ./internal/config")
	}
}
