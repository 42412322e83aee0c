package faults

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"mediarelay/internal/e2e/stage"
)

func shell(t *testing.T, program string, arguments ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", program, arguments, err, out)
	}
}

// The power fails right after the last acknowledgement. The next server has only what
// was on the disk then, and relays all twenty files.
func TestPowerCutLosesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	image, after := filepath.Join(folder, "disk"), filepath.Join(folder, "disk after the cut")
	stage.NeedProgram(t, "mkfs.ext4", "mkfs.ext4", "/usr/sbin/mkfs.ext4")
	shell(t, "truncate", "--size=256M", image)
	shell(t, "/usr/sbin/mkfs.ext4", "-q", image)
	i := stage.NewProcessAt(t, mount(t, "-o", "loop", image))
	i.Start()
	files := jpegFiles(t, 20, 300_000)
	for _, f := range files {
		ctx, cancel := context.WithTimeout(t.Context(), stage.RecoveryTimeout)
		i.Must(i.Send(ctx, f))
		cancel()
	}
	shell(t, "cp", "--sparse=always", image, after)
	i.Signal(syscall.SIGKILL)

	i.DataDir = mount(t, "-o", "loop", after)
	i.Env["MEDIARELAY_DATA_DIR"] = i.DataDir
	i.Start()
	ctx, cancel := context.WithTimeout(t.Context(), stage.RecoveryTimeout)
	defer cancel()
	ends := map[*stage.File]stage.Upload{}
	for _, f := range files {
		u, err := i.AwaitUpload(ctx, f.ID)
		i.Must(err)
		ends[f] = u
	}
	i.WantRelayed(ends)
	i.Signal(syscall.SIGTERM)
}
