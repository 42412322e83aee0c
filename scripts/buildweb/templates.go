package main

import (
	"errors"
	"os"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// styleSheet matches a style sheet in a script: a template literal with Lit's tag
// css. It must not contain ${…}, because only a whole sheet can be minified.
var styleSheet = regexp.MustCompile("\\bcss`([^`$\\\\]*)`")

// indentation is the white space at the start of a line. In a template of HTML
// it means nothing, as long as no style keeps white space across lines; in code
// the bundler removes it anyway.
var indentation = regexp.MustCompile(`(?m)^[ \t]+`)

// templatesPlugin minifies the style sheets and HTML templates in our sources,
// whatever the files are called. To the bundler they are strings, of which it
// must keep every byte.
var templatesPlugin = api.Plugin{
	Name: "templates",
	Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `/web/src/.*\.ts$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			contents, err := minifyTemplates(string(source))
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, err
		})
	},
}

func minifyTemplates(source string) (string, error) {
	return minifyStyles(indentation.ReplaceAllString(source, ""))
}

func minifyStyles(source string) (string, error) {
	var messages []api.Message
	minified := styleSheet.ReplaceAllStringFunc(source, func(tagged string) string {
		result := api.Transform(styleSheet.FindStringSubmatch(tagged)[1], api.TransformOptions{
			Loader:           api.LoaderCSS,
			MinifyWhitespace: true,
			MinifySyntax:     true,
			Charset:          api.CharsetUTF8,
		})
		messages = append(messages, append(result.Errors, result.Warnings...)...)
		return "css`" + strings.TrimSpace(string(result.Code)) + "`"
	})
	if len(messages) > 0 {
		return "", errors.New(strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{}), ""))
	}
	return minified, nil
}
