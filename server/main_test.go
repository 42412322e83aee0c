package main

import (
	"fmt"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mediarelay/internal/e2e/stage"
	"mediarelay/web"
)

// The pages under testdata run the program as a person does.
func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"mediarelay": main})
}

type suite struct{ *testing.M }

func (s suite) Run() int { return stage.Run(s.M) }

// condition says whether the binary carries the web files, which make build makes.
func condition(name string) (bool, error) {
	if name != "built" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	return web.Built() == nil, nil
}

func TestPages(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Condition: condition})
}
