package engines

import (
	"os/exec"
	"syscall"
)

// group starts a program and its children in one process group.
func group(command *exec.Cmd) *exec.Cmd {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// killGroup kills a process group and waits for its first process.
func killGroup(command *exec.Cmd) {
	if command == nil || command.Process == nil {
		return
	}
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
	_ = command.Wait() // its error says that it was killed
}
