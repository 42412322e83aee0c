package browser

import (
	"slices"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// Whatever is wrong, and with however many elements and files, the console has each of our lines once.
func TestNothingIsLoggedTwice(t *testing.T) {
	t.Parallel()
	for i, c := range []struct{ name, endpoint, mistake string }{
		{"nothing is wrong", "ENDPOINT", ``},
		{"no endpoint", "ftp://media.example.com", ``},
		{"a wrong endpoint", "/page", ``},
		{"a property of a wrong type", "ENDPOINT", `element.maxFiles = 'many'; element.kinds = 7; element.purpose = 'mesage'`},
		{"a login page as token", "ENDPOINT", `element.getToken = async () => '<html>Sign in</html>'`},
		{"a getToken that fails", "ENDPOINT", `element.getToken = async () => { throw new TypeError('no') }`},
		{"metadata that fails", "ENDPOINT", `element.metadata = () => { throw new Error('no') }`},
		{"metadata that is invalid", "ENDPOINT", `element.metadata = { 'my key': '1', filename: 'x' }`},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			element := `<media-upload endpoint="` + c.endpoint + `" purpose="message" multiple auto-start></media-upload>`
			h := newHost(t, recordConsole+element+element)
			h.Evaluate(`for (const element of document.querySelectorAll('media-upload')) { ` + c.mistake + ` }`)
			h.Evaluate(`for (const [i, element] of document.querySelectorAll('media-upload').entries()) element.addFiles([1, 2].map(j => new File(['a line of text\n'.repeat(100 * i + 10 * j)], 'notes ' + i + j + '.txt')))`)
			h.Until(`[...document.querySelectorAll('media-upload')].every(element => element.files.every(({ state }) => ['done', 'failed', 'refused', 'waiting'].includes(state)))`)
			h.Evaluate(`for (const element of document.querySelectorAll('media-upload')) element.retry()`)
			h.Until(`[...document.querySelectorAll('media-upload')].every(element => element.files.every(({ state }) => ['done', 'failed', 'refused', 'waiting'].includes(state)))`)
			lines := browserstage.Value[[]string](h.Stage, `said.filter(line => line.includes('media-upload:'))`)
			once := slices.Compact(slices.Sorted(slices.Values(lines)))
			if len(once) != len(lines) || c.mistake+c.endpoint != "ENDPOINT" && len(lines) == 0 {
				t.Errorf("the console has %q, want each line once", lines)
			}
		})
	}
}
