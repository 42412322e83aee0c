package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"mediarelay/internal/sandbox"
	"mediarelay/internal/tusproto"
)

// B1, B9: a chunk is damaged on its way, and foreruns have sent it on before its
// checksum is known. It is taken back, the right bytes come, and the server dies while
// it remembers what has become of the relay's session. The damaged bytes are in none
// that is gone on with: after the next start everything complete at the provider is
// the client's file.
func TestAKillLeavesNoSessionWithDamagedBytes(t *testing.T) {
	for name, late := range map[string]bool{"foreruns see that bytes are taken back": false, "foreruns look too late": true} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := install(t)
			i.variables[early] = "all"
			if late {
				i.variables[lookLate] = "yes"
			}
			i.dieAt(atSessionChange, 2)
			i.start()
			i.dieAtSessionChanges()
			i.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.Pass()) // the forerun's
			i.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(100_000))
			f := arrivals(t, 1)[0]
			i.begin(f)
			i.sendDamaged(f, f.chunk)
			if late {
				i.waitsForItsForerun(f, func() {})
			} else {
				i.until("the foreruns have ended", i.ended, func() bool {
					return i.metric("mediarelay_provider_request_duration_seconds_count") == 3 // with the session's opening
				})
			}
			killAndGoOn(i, atSessionChange, []*sent{f})
		})
	}
}

// sendDamaged sends a chunk whose first byte changes on its way. The last one waits
// until the provider has the others.
func (i *installation) sendDamaged(f *sent, offset int) {
	i.Helper()
	end := offset + f.chunk
	damaged := bytes.Clone(f.content[offset:end])
	damaged[0]++
	sentOn := func() {
		i.until("the damaged bytes are in a session", i.ended, func() bool { return i.inSession(f) >= int64(end-lookedAt) })
	}
	last := len(damaged) - 1
	body := io.MultiReader(bytes.NewReader(damaged[:last]), &meeting{meet: sentOn}, bytes.NewReader(damaged[last:]))
	err := i.sendChunk(i.Context(), f, int64(offset), body, checksum(f.content[offset:end])...)
	wantRefusal(i, err, tusproto.StatusChecksumMismatch, `"code":"checksum_mismatch"`)
}
