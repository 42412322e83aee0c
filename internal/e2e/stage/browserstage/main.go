package browserstage

import (
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Main is the TestMain of a package whose tests share one Chromium.
func Main(m *testing.M) { stage.Main(m, stage.Suite{Cleanup: chromium.close}) }
