package main

import "testing"

func TestTemplatesAreMinified(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"a style sheet": {
			"export const bar = css`\n  /* thin */\n  .bar {\n    color: red;\n  }\n`",
			"export const bar = css`.bar{color:red}`",
		},
		"HTML keeps its lines and spaces within them": {
			"html`\n    <p\n      class=\"a  b\">${text}  !</p>`",
			"html`\n<p\nclass=\"a  b\">${text}  !</p>`",
		},
		"code": {"  if (a) {\n\tb()\n  }", "if (a) {\nb()\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := minifyTemplates(test.source)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestBrokenStyleSheetFailsTheBuild(t *testing.T) {
	if got, err := minifyTemplates("css`.bar { color: red; } }`"); err == nil {
		t.Errorf("got %q, want an error", got)
	}
}
