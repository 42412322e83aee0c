package browserstage

import (
	"fmt"
	"time"

	"mediarelay/internal/e2e/stage"
)

// UntilRecord waits for a stored record of an upload that meets a condition.
func (s *Stage) UntilRecord(condition string) {
	s.Helper()
	s.Evaluate(`const look = () => databases().then(all => { window.records = all['mediarelay.uploads'] ?? [] }).finally(() => setTimeout(look, 20))
		window.looking ??= look()`)
	s.Until(fmt.Sprintf(`window.records?.some(record => { const { url, paused, request } = record; return %s })`, condition))
}

// WantNoRecords waits until the browser's databases hold nothing of any file. The last
// record is removed after the row shows the end. The largest chunk size of a server is
// kept, and the note that a frame was used.
func (s *Stage) WantNoRecords() {
	s.Helper()
	var left string
	for deadline := time.Now().Add(stage.Timeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		left = Value[string](s, `databases().then(all => Object.entries(all).filter(([store, rows]) => rows.length && !['mediarelay.ceilings', 'mediarelay-frames.frames'].includes(store)).map(([store, rows]) => store + ': ' + rows.length).join(', '))`)
		if left == "" {
			return
		}
	}
	s.Errorf("the browser still keeps %s", left)
}
