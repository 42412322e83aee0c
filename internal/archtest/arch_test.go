package archtest

import (
	"slices"
	"strings"
	"testing"
)

func TestPackagesListEveryPackage(t *testing.T) {
	packages := listNative(t)
	for path := range packages {
		if _, ok := ruleOf(folder(path)); !ok {
			t.Errorf("%s is not in packageRules: add what it is compiled for and what it may import", path)
		}
	}
	for _, r := range packageRules {
		if _, ok := packages[module+"/"+r.folder]; !ok {
			t.Errorf("packageRules lists %s, which does not exist", r.folder)
		}
	}
}

func TestImportsAreAllowed(t *testing.T) {
	for _, packages := range []map[string]pkg{listNative(t), listBrowser(t)} {
		for path, p := range packages {
			r, ours := ruleOf(folder(path))
			if !ours {
				continue
			}
			for _, imported := range p.Imports {
				if to := folder(imported); to != "" && !r.allows(to) {
					t.Errorf("%s imports %s, which packageRules does not allow", r.folder, to)
				}
			}
		}
	}
}

// The table itself follows the rules of the architecture.
func TestPackageRulesAreConsistent(t *testing.T) {
	for _, from := range packageRules {
		for _, name := range from.may {
			to, ok := ruleOf(name)
			switch {
			case name == everything:
			case !ok:
				t.Errorf("%s may import %s, which is not in packageRules", from.folder, name)
			case to.builds == forTests && from.builds != forTests:
				t.Errorf("%s may import %s, which is for tests", from.folder, name)
			case from.inBrowser() && to.builds != both:
				t.Errorf("%s may import %s, which is not compiled for the browser", from.folder, name)
			case slices.Contains(implementations, name) && from.builds != forTests:
				t.Errorf("%s may import %s, which only internal/app may import", from.folder, name)
			case strings.HasPrefix(from.folder, "internal/provider") && name == "internal/relay":
				t.Errorf("%s may import internal/relay, its own caller", from.folder)
			}
		}
	}
}

func TestBrowserDownloadStaysLight(t *testing.T) {
	packages := listBrowser(t)
	for _, r := range packageRules {
		if !r.inBrowser() {
			continue
		}
		path := module + "/" + r.folder
		for heavy, why := range tooHeavy {
			if slices.Contains(packages[path].Deps, heavy) {
				t.Errorf("%s\n\t%s: %s", strings.Join(importChain(packages, path, heavy), " imports\n\t"), heavy, why)
			}
		}
	}
}

// The program is assembled by its commands, and for tests by the stage. Everything else
// gets what it needs passed in.
func TestOnlyCommandsAndStageImportTheProgram(t *testing.T) {
	assemblers := []string{"server", "internal/e2e/stage"}
	for path, p := range listNative(t) {
		if slices.Contains(p.Imports, module+"/internal/app") && !slices.Contains(assemblers, folder(path)) {
			t.Errorf("%s imports internal/app", folder(path))
		}
	}
}

// Acceptance tests are leaves: only they and their stage import internal/e2e.
func TestNothingImportsTheAcceptanceTests(t *testing.T) {
	const acceptance = "internal/e2e/"
	for path, p := range listNative(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(folder(imported), acceptance) && !strings.HasPrefix(folder(path), acceptance) {
				t.Errorf("%s imports %s", folder(path), folder(imported))
			}
		}
	}
}

// The server does not link packages for tests.
func TestServerLinksNoTestPackages(t *testing.T) {
	for path := range list(t, nil, "-deps", "./server") {
		r, ours := ruleOf(folder(path))
		if path == "testing" || ours && r.builds == forTests {
			t.Errorf("the server links %s", path)
		}
	}
}

func ruleOf(folder string) (packageRule, bool) {
	i := slices.IndexFunc(packageRules, func(r packageRule) bool { return r.folder == folder })
	if i < 0 {
		return packageRule{}, false
	}
	return packageRules[i], true
}

func (r packageRule) inBrowser() bool { return r.builds == both || r.builds == browser }

func (r packageRule) allows(folder string) bool {
	if slices.Contains(r.may, everything) {
		to, ok := ruleOf(folder)
		return ok && to.builds != forTests
	}
	return slices.Contains(r.may, folder)
}

// importChain is a shortest chain of imports between two packages.
func importChain(packages map[string]pkg, from, to string) []string {
	queue := [][]string{{from}}
	seen := map[string]bool{from: true}
	for ; len(queue) > 0; queue = queue[1:] {
		chain := queue[0]
		last := chain[len(chain)-1]
		if last == to {
			return chain
		}
		for _, next := range packages[last].Imports {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, append(slices.Clone(chain), next))
			}
		}
	}
	return nil
}
