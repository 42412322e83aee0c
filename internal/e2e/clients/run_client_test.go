package clients

import (
	"bytes"
	"os"
	"os/exec"
	"strings"

	"mediarelay/internal/e2e/stage"
)

// runClient runs a program with the server's token and returns the last line of its
// output.
func runClient(s *stage.Server, program string, arguments ...string) string {
	s.TB.Helper()
	cmd := exec.CommandContext(s.TB.Context(), program, arguments...)
	cmd.Env = append(os.Environ(), "MEDIARELAY_TOKEN="+s.Token)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		s.TB.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, stdout.String(), stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	return lines[len(lines)-1]
}
