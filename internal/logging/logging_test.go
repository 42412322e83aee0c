package logging_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"mediarelay/internal/logging"
)

func TestLinesOfARequestHaveItsID(t *testing.T) {
	ctx := logging.WithRequestID(t.Context(), "r-1")
	for _, tt := range []struct {
		name string
		text bool
		want string
	}{{"json", false, `"request_id":"r-1"`}, {"text", true, "request_id=r-1"}} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			logger := logging.New(&out, logging.Options{Text: tt.text})
			logger.InfoContext(ctx, "one")
			logger.With("part", "store").InfoContext(ctx, "two")
			logger.Info("outside")
			if lines := strings.Split(out.String(), "\n"); !strings.Contains(lines[0], tt.want) || !strings.Contains(lines[1], tt.want) ||
				strings.Contains(lines[2], "request_id") {
				t.Errorf("the lines are %s", out.String())
			}
		})
	}
}

func TestLinesBelowTheLevelAreNotWritten(t *testing.T) {
	var out bytes.Buffer
	logger := logging.New(&out, logging.Options{Level: slog.LevelWarn})
	logger.Info("quiet")
	logger.Warn("loud")
	if strings.Contains(out.String(), "quiet") || !strings.Contains(out.String(), "loud") {
		t.Errorf("the lines are %s", out.String())
	}
}

// The value is that of printf %s ada | sha256sum | cut -c 1-12.
func TestSubjectDigest(t *testing.T) {
	if got := logging.SubjectDigest("ada"); got != "fdee430d40bd" {
		t.Errorf("got %s", got)
	}
}
