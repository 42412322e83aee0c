package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// The npm package is a second output of the same sources: web/src/npm has its
// entries, web/package what is copied as it is, scripts/package the programs that
// write its types and its manifest.
const (
	packageParent = "bin/package"
	packageDir    = packageParent + "/upload" // what is packed
	packageStatic = "web/package"
	packageTools  = "scripts/package"
)

var errVersion = errors.New("not a version of git describe")

// buildPackage writes bin/package/…tgz. The version is what git describe prints.
func buildPackage(described string) error {
	version, err := npmVersion(described)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(packageParent); err != nil {
		return err
	}
	for _, step := range []func() error{packageScripts, packageTypes, packageManifest, packageFiles} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := packageJSON(version); err != nil {
		return err
	}
	name, err := command(packageParent, "npm", "pack", "--silent", "./"+filepath.Base(packageDir))
	if err == nil {
		fmt.Println(filepath.Join(packageParent, strings.TrimSpace(name)))
	}
	return err
}

// describedVersion matches v1.2.3, v1.2.3-4-gabc (four commits after it), abc (no tag),
// each with -dirty if files differ from the commit.
var describedVersion = regexp.MustCompile(`^(?:v?(\d+)\.(\d+)\.(\d+)(?:-(\d+)-g([0-9a-f]+))?|([0-9a-f]+|dev))(-dirty)?$`)

// npmVersion makes a semantic version of what git describe prints. Between two tags
// it is a pre-release of the next patch, since npm sorts a pre-release before its
// release. Numbers in a pre-release must not begin with a zero, hence the g.
func npmVersion(text string) (string, error) {
	found := describedVersion.FindStringSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%q: %w", text, errVersion)
	}
	major, minor, patch, commits, after, commit, dirty := found[1], found[2], found[3], found[4], found[5], found[6], found[7] != ""
	version, labels := fmt.Sprintf("%s.%s.%s", major, minor, patch), []string(nil)
	switch {
	case commit == "dev":
		version, labels = "0.0.0", []string{"dev"}
	case commit != "":
		version, labels = "0.0.0", []string{"g" + commit}
	case commits != "":
		version, labels = nextPatch(major, minor, patch), []string{commits, "g" + after}
	}
	if dirty && len(labels) == 0 {
		version = nextPatch(major, minor, patch)
	}
	if dirty {
		labels = append(labels, "dirty")
	}
	if len(labels) == 0 {
		return version, nil
	}
	return version + "-" + strings.Join(labels, "."), nil
}

func nextPatch(major, minor, patch string) string {
	var n int
	_, _ = fmt.Sscan(patch, &n)
	return fmt.Sprintf("%s.%s.%d", major, minor, n+1)
}

// packageTypes writes the declarations: those of every source by the compiler of the
// sources, joined by a bundler into one file for each entry.
func packageTypes() error {
	if err := os.RemoveAll("web/.cache/types"); err != nil {
		return err
	}
	if _, err := command("web", "npx", "tsc", "-p", "tsconfig.package.json"); err != nil {
		return err
	}
	target, err := filepath.Abs(packageDir + "/dist")
	if err != nil {
		return err
	}
	_, err = command(packageTools, "env", "PACKAGE_TYPES="+target, "npx", "rollup", "-c", "rollup.config.mjs", "--silent")
	return err
}

// packageManifest writes custom-elements.json.
func packageManifest() error {
	target, err := filepath.Abs(packageDir)
	if err != nil {
		return err
	}
	return writeManifest(target)
}

// writeManifest has the analyzer read the sources. It knows folders relative to
// its own alone.
func writeManifest(folder string) error {
	web, err := filepath.Abs("web")
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(web, folder)
	if err != nil {
		return err
	}
	_, err = command("web", "node", "../"+packageTools+"/node_modules/@custom-elements-manifest/analyzer/cem.js", "analyze",
		"--config", "../"+packageTools+"/custom-elements-manifest.config.mjs", "--outdir", filepath.ToSlash(relative), "--quiet")
	return err
}

// packageFiles copies what is not generated.
func packageFiles() error {
	copies := map[string]string{
		"LICENSE":                     "LICENSE",
		packageStatic + "/README.md":  "README.md",
		packageStatic + "/types.js":   "dist/types.js",
		packageStatic + "/props.d.ts": "dist/props.d.ts",
		packageStatic + "/react.d.ts": "dist/react.d.ts",
		packageStatic + "/vue.d.ts":   "dist/vue.d.ts",
	}
	for from, to := range copies {
		content, err := os.ReadFile(from)
		if err == nil {
			err = writeFile(filepath.Join(packageDir, to), content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// packageJSON writes package.json with the version. Its other lines stay as they are.
func packageJSON(version string) error {
	content, err := os.ReadFile(packageStatic + "/package.json")
	if err != nil {
		return err
	}
	const placeholder = `"version": "0.0.0"`
	quoted, err := json.Marshal(version)
	if err != nil {
		return err
	}
	if strings.Count(string(content), placeholder) != 1 {
		return fmt.Errorf("%s/package.json: want one line %s", packageStatic, placeholder)
	}
	return writeFile(packageDir+"/package.json", []byte(strings.Replace(string(content), placeholder, `"version": `+string(quoted), 1)))
}

// writeFile creates the file's folder too.
func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

// command runs a program in a folder and returns what it printed.
func command(dir, program string, arguments ...string) (string, error) {
	run := exec.Command(program, arguments...)
	run.Dir = dir
	var printed, complaints strings.Builder
	run.Stdout, run.Stderr = &printed, &complaints
	if err := run.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", program, strings.Join(arguments, " "), err, printed.String(), complaints.String())
	}
	return printed.String(), nil
}
