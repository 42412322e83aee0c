package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mediarelay/internal/e2e/stage"
)

// The pages under testdata run the program as a person does.
func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"mediarelay": main})
}

type suite struct{ *testing.M }

func (s suite) Run() int { return stage.Run(s.M) }

func TestPages(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
