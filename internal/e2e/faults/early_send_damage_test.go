package faults

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/tusproto"
)

// A chunk is damaged in transit and sent early before its checksum is known. It is
// discarded, the right bytes arrive, and the server dies while it records the state of the
// relay's session. No session that contains the damaged bytes is resumed: after the next
// start everything complete at the provider is the client's file.
func TestKillLeavesNoSessionWithDamagedBytes(t *testing.T) {
	for name, late := range map[string]bool{"early sends see that bytes are discarded": false, "early sends read stale offsets": true} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := stage.NewProcess(t)
			i.Env[earlyEnv] = "all"
			if late {
				i.Env[staleReadsEnv] = "yes"
			}
			crashAt(i, atSessionChange, 2)
			i.Start()
			crashAtSessionChanges(i)
			i.Sandbox.Faults().Add(sandbox.OpSendSession, sandbox.Pass()) // of the early send
			i.Sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(100_000))
			f := earlyFiles(t, 1)[0]
			i.SendFirstChunk(f)
			sendDamaged(i, f, f.ChunkSize)
			if late {
				waitForSession(i, f, func() {})
			} else {
				i.Await("the early sends have ended", i.Ended, func() bool {
					return i.Metric("mediarelay_provider_request_duration_seconds_count") == 3 // with the session's opening
				})
			}
			crashAndRecover(i, atSessionChange, []*stage.File{f})
		})
	}
}

// sendDamaged sends a chunk whose first byte changes in transit. Its last byte waits until
// the provider has the others.
func sendDamaged(i *stage.Process, f *stage.File, offset int) {
	i.Helper()
	end := offset + f.ChunkSize
	damaged := bytes.Clone(f.Content[offset:end])
	damaged[0]++
	sentOn := func() {
		i.Await("a session has the damaged bytes", i.Ended, func() bool { return sessionBytes(i, f) >= int64(end-observedPiece) })
	}
	last := len(damaged) - 1
	body := io.MultiReader(bytes.NewReader(damaged[:last]), &rendezvous{meet: sentOn}, bytes.NewReader(damaged[last:]))
	err := i.SendChunk(i.Context(), f, int64(offset), body, stage.Checksum(f.Content[offset:end])...)
	stage.WantProblem(i, err, tusproto.StatusChecksumMismatch, `"code":"checksum_mismatch"`)
}
