package stage

import (
	"os"
	"path/filepath"
	"time"

	"mediarelay/internal/sandbox"
)

// Await polls for a condition that nothing signals. It returns false if the process ended
// first.
func (i *Process) Await(what string, ended <-chan struct{}, met func() bool) bool {
	i.Helper()
	for deadline := time.Now().Add(RecoveryTimeout); !met(); {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			i.Errorf("condition never met: %s", what)
			return false
		}
	}
	return true
}

// RecoveryTimeout bounds what must happen after a start, however the previous server
// ended.
const RecoveryTimeout = time.Minute

// AwaitFault waits until a scripted fault of the provider has happened.
func (i *Process) AwaitFault(fault *sandbox.Scripted) {
	i.Helper()
	select {
	case <-fault.Fired():
	case <-time.After(RecoveryTimeout):
		i.Fatal("the provider got no request")
	}
}

// AwaitStored waits until the file on disk has a number of bytes. A HEAD would end the
// chunk in flight.
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
		<-time.After(5 * time.Millisecond) // nothing signals that a file grows
	}
}

// AwaitLog waits for a line of the log that contains a text.
func (i *Process) AwaitLog(part string) {
	i.Helper()
	for deadline := time.Now().Add(RecoveryTimeout); i.ServerLog.LineWith(part) == ""; {
		if time.Now().After(deadline) {
			i.Fatalf("the log never contained %q: %s", part, i.ServerLog.Tail())
		}
		<-time.After(10 * time.Millisecond) // nothing signals that a log grows
	}
}
