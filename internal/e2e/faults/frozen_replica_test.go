package faults

import (
	"context"
	"syscall"
	"testing"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/sandbox"
)

// A process is frozen after the provider's answer, for longer than its lease.
// Another replica relays the file. The frozen one's commit comes too late, and is rejected
// and counted.
func TestFrozenReplicaCannotRecordItsResult(t *testing.T) {
	t.Parallel()
	sleeper := stage.NewProcess(t)
	sleeper.Env["MEDIARELAY_DATABASE_URL"] = databasetest.PostgresURL(t)
	crashAt(sleeper, afterMediaID, 1)
	sleeper.Env[crashByEnv] = "sleep"
	sleeper.Start()
	f := jpegFiles(t, 1, 100_000)[0]
	sending, stopSending := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	go func() { sent <- sleeper.Send(sending, f) }()
	sleeper.AwaitLog("crashed " + afterMediaID)
	stopSending() // the answer to the last chunk may be frozen too
	<-sent

	other := sleeper.Replica()
	other.Start()
	ctx, cancel := context.WithTimeout(t.Context(), stage.RecoveryTimeout)
	defer cancel()
	u, err := other.AwaitUpload(ctx, f.ID)
	other.Must(err)
	if counted := other.Metric("mediarelay_relay_ambiguous_total"); counted != 1 {
		t.Errorf("%v attempts of unknown outcome are counted, want that of the frozen replica", counted)
	}
	sleeper.Signal(syscall.SIGCONT)
	sleeper.AwaitLog("copy could not be recorded")
	if orphans := sleeper.Metric("mediarelay_relay_orphans_total"); orphans != 1 {
		t.Errorf("%v orphans are counted, want 1", orphans)
	}
	now, err := other.AwaitUpload(ctx, f.ID)
	if err != nil || now.Asset.MediaID != u.Asset.MediaID || sleeper.Sandbox.Calls(sandbox.OpUploadMedia) != 2 {
		t.Errorf("the media ID was %s and is %s, %v", u.Asset.MediaID, now.Asset.MediaID, err)
	}
}
