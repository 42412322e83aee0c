package packages

import (
	"testing"

	"mediarelay/internal/e2e/stage/browserstage"
)

func TestMain(m *testing.M) { browserstage.Main(m) }
