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

// stylesPlugin minifies the element's style sheets. The bundler does not: for it,
// they are string literals.
var stylesPlugin = api.Plugin{
	Name: "styles",
	Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `/web/src/(list-)?styles\.ts$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			contents, err := minifyStyles(string(source))
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, err
		})
	},
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
