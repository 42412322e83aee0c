package engines

import (
	"os/exec"
	"syscall"
)

// group makes a program and all that it starts one group, which ends together.
func group(command *exec.Cmd) *exec.Cmd {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// killGroup ends a group that group made, and waits for its first process.
func killGroup(command *exec.Cmd) {
	if command == nil || command.Process == nil {
		return
	}
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
	_ = command.Wait() // it says that it was killed
}
