package packages

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A portal that renders on its server imports the package there.
func TestImportUnderNodeDoesNothing(t *testing.T) {
	install(t)
	var said struct {
		Exported map[string][]string
		Globals  []string
		Open     []string
	}
	if err := json.Unmarshal([]byte(run(t, "node", "node-import.mjs")), &said); err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string][]string{
		".": {"MediaUploadElement"}, "./element": {"MediaUploadElement"}, "./headless": {"createUploader"}, "./check": {"check", "sentences"},
		"./react": {}, "./vue": {},
	} {
		if got, ok := said.Exported[entry]; !ok || !slices.Equal(got, want) {
			t.Errorf("%s exports %v, want %v", entry, got, want)
		}
	}
	for _, name := range said.Globals {
		if !strings.HasPrefix(name, "lit") && name != "reactiveElementVersions" {
			t.Errorf("the import defined %s on the global object", name)
		}
	}
	for _, resource := range said.Open {
		// Node reports requests of its own module loader.
		if !strings.HasPrefix(resource, "Close") && !strings.HasPrefix(resource, "FS") {
			t.Errorf("the import left open: %s", resource)
		}
	}
}

// A server's bundle may be CommonJS, which has no import.meta.url.
func TestImportInCommonJSDoesNothing(t *testing.T) {
	install(t)
	bundle := t.TempDir() + "/server.cjs"
	run(t, tool("esbuild"), "node-entries.js", "--bundle", "--format=cjs", "--platform=node", "--log-level=error", "--outfile="+bundle)
	if said := run(t, "node", bundle); said != "" {
		t.Errorf("the bundle printed %s", said)
	}
}
