package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The pages under testdata run the program as a person does.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mediarelay": main})
}

func TestPages(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
