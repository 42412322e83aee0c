package embed

import (
	"maps"
	"slices"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/portal"
)

// A frame that is moved in the document loads again, and its worker is gone. The upload
// resumes through another one.
func TestMovedFrameLosesNoUpload(t *testing.T) {
	t.Parallel()
	moves := map[string]string{
		"put back in one task":           `const parent = frame.parentNode; frame.remove(); parent.append(frame)`,
		"moved to another parent":        `document.body.append(frame)`,
		"moved, and its new parent goes": `const parent = document.createElement('div'); document.body.append(parent); parent.append(frame); parent.remove()`,
		"removed":                        `frame.remove()`,
		"put back twice, a moment apart": `const parent = frame.parentNode; parent.append(frame); setTimeout(() => parent.append(frame), 100)`,
	}
	for i, name := range slices.Sorted(maps.Keys(moves)) {
		t.Run(name, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			p := portal.Open(t, portal.Setting{Site: portal.SameSite, Policy: portal.FramePolicy})
			p.Proxy.SetRate(1 << 20)
			content := p.Begin("flyer.pdf", 4<<20)
			p.Until(`row("flyer.pdf").Accepted > 0`)
			p.Evaluate(`{ const frame = document.querySelector('iframe[title=Mediarelay]'); ` + moves[name] + ` }`)
			p.Proxy.SetRate(0)
			p.WantIntact("flyer.pdf", content)
			p.WantOneUpload()
			p.WantNoError()
			// The engine is one that checks further files, too.
			p.Begin("other.pdf", 10_000)
			p.AwaitRow("other.pdf", "done")
		})
	}
}
