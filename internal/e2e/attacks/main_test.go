package attacks

import (
	"testing"

	"mediarelay/internal/e2e/stage"
)

func TestMain(m *testing.M) { stage.Main(m, stage.Suite{}) }
