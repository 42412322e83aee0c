package packages

import (
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// build builds an app into a folder.
type build func(t *testing.T, folder string)

// withESBuild bundles as the package's README says: the folder engine is copied beside the bundle.
func withESBuild(source string) build {
	return func(t *testing.T, folder string) {
		t.Helper()
		run(t, tool("esbuild"), source, "--bundle", "--splitting", "--format=esm", "--jsx=automatic", "--jsx-dev", "--log-level=error",
			`--define:process.env.NODE_ENV="development"`, "--define:__VUE_OPTIONS_API__=true", "--define:__VUE_PROD_DEVTOOLS__=false",
			"--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false", "--entry-names=main", "--outdir="+folder)
		copyFolder(t, packageDist+"/engine", folder+"/engine")
		page := `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title><div id="app"></div><script type="module" src="/main.js"></script></html>`
		if err := os.WriteFile(folder+"/index.html", []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// withVite builds as Vite does by default: it finds and renames the worker and its module.
func withVite(app string) build {
	return func(t *testing.T, folder string) {
		t.Helper()
		run(t, tool("vite"), "build", app, "--mode", "development", "--outDir", folder, "--emptyOutDir", "--logLevel", "error")
		wantFiles(t, folder, "assets/worker-*.js", "assets/mediarelay-*.wasm")
	}
}

// Each app from drop to media ID, through its properties and its listeners.
func TestReactBuiltWithESBuild(t *testing.T) {
	t.Parallel()
	driveReact(t, withESBuild("react/main.jsx"))
}

func TestReactBuiltWithVite(t *testing.T) {
	t.Parallel()
	stage.LongTest(t)
	driveReact(t, withVite("react"))
}

func TestVueBuiltWithESBuild(t *testing.T) {
	t.Parallel()
	stage.LongTest(t)
	drive(t, withESBuild("vue/functions.js"))
}

func TestVueBuiltWithVite(t *testing.T) {
	t.Parallel()
	drive(t, withVite("vue"))
}

// Vite's development server serves the package's files one by one.
func TestReactInVitesDevelopmentServer(t *testing.T) {
	t.Parallel()
	stage.LongTest(t)
	install(t)
	p := newPortal(t, "")
	p.app, p.policies = developmentServer(t, "react"), false // Vite needs scripts and styles in the page
	driveApp(p)
}

func driveReact(t *testing.T, build build) {
	t.Helper()
	s := drive(t, build)
	if mounts := browserstage.Value[int](s, `mounts`); mounts != 2 {
		t.Errorf("StrictMode mounted the app %d times, want 2: is this React's development build?", mounts)
	}
}

// drive drops a file that is sent in several chunks.
func drive(t *testing.T, build build) *browserstage.Stage {
	t.Helper()
	install(t)
	folder, err := filepath.Abs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	build(t, folder)
	p := newPortal(t, folder)
	driveApp(p)
	return p.Stage
}

func driveApp(p *portal) {
	p.Helper()
	p.Visit(p.address(""))
	type properties struct {
		Endpoint, Purpose, Name, Token, Metadata string
		Multiple, AutoStart                      bool
		MaxFiles                                 int
	}
	have := browserstage.Value[properties](p.Stage, `(({ endpoint, purpose, name, multiple, autoStart, maxFiles, getToken, metadata }) =>
		({ endpoint, purpose, name, multiple, autoStart, maxFiles, token: typeof getToken, metadata: metadata.campaign }))(document.querySelector('media-upload'))`)
	if want := (properties{p.Proxy.URL, "message", "media", "function", "spring", true, true, 5}); have != want {
		p.Errorf("the framework set %+v, want %+v", have, want)
	}
	content := stage.Notes(3 << 20)
	p.Drop(p.File("notes.txt", content))
	p.WantIntact("notes.txt", content)
	p.WantNoError()
	mediaID := p.Row("notes.txt").Asset.MediaID
	p.Until(`document.querySelector('output').textContent === "` + mediaID + `"`)
	p.Until(`document.querySelector('progress').value === 1`)
	if asked := browserstage.Value[int](p.Stage, `asked`); asked != 1 {
		p.Errorf("the app was asked for %d tokens, want 1", asked)
	}
	p.wantNoFaults()
}
