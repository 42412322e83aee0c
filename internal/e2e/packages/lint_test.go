package packages

import (
	"testing"

	"mediarelay/internal/e2e/stage"
)

// publint checks package.json against the files; it fails on warnings too.
func TestPublint(t *testing.T) {
	t.Parallel()
	install(t)
	run(t, tool("publint"), "node_modules/@mediarelay/upload", "--strict")
}

// attw checks that TypeScript finds the types of every entry as Node and bundlers do.
// The package has ES modules only.
func TestTypesAreFound(t *testing.T) {
	t.Parallel()
	stage.LongTest(t)
	run(t, tool("attw"), install(t), "--profile", "esm-only", "--no-color")
}

// The sample has what a portal writes, and mistakes that must not compile.
func TestTypesInReact(t *testing.T) {
	t.Parallel()
	install(t)
	run(t, tool("tsc"), "-p", "types")
}

func TestTypesInVue(t *testing.T) {
	t.Parallel()
	stage.LongTest(t)
	install(t)
	run(t, tool("vue-tsc"), "-p", "vue")
}
