package stage

import (
	"os"
	"path/filepath"
	"time"

	"mediarelay/internal/sandbox"
)

// until waits for what gives no sign. It reports false where the process ended before.
func (i *Process) Await(what string, ended <-chan struct{}, met func() bool) bool {
	i.Helper()
	for deadline := time.Now().Add(RecoveryTimeout); !met(); {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			i.Errorf("it never came to this: %s", what)
			return false
		}
	}
	return true
}

// within bounds what must happen after a start, however a server ended.
const RecoveryTimeout = time.Minute

func (i *Process) AwaitFault(fault *sandbox.Scripted) {
	i.Helper()
	select {
	case <-fault.Fired():
	case <-time.After(RecoveryTimeout):
		i.Fatal("the provider was never asked")
	}
}

// awaitStored waits until so many bytes are in the file: a HEAD would end the chunk.
func (i *Process) AwaitStored(f *File, bytes int64) {
	i.Helper()
	for deadline := time.Now().Add(RecoveryTimeout); ; {
		info, err := os.Stat(filepath.Join(i.DataDir, "uploads", f.ID))
		if err == nil && info.Size() >= bytes {
			return
		}
		if time.Now().After(deadline) {
			i.Fatalf("%v, %v, want %d bytes", info, err, bytes)
		}
		<-time.After(5 * time.Millisecond) // a growing file sends no event
	}
}

func (i *Process) AwaitLog(part string) {
	i.Helper()
	for deadline := time.Now().Add(RecoveryTimeout); i.ServerLog.LineWith(part) == ""; {
		if time.Now().After(deadline) {
			i.Fatalf("the log never said %q: %s", part, i.ServerLog.Tail())
		}
		<-time.After(10 * time.Millisecond) // a log sends no event
	}
}
