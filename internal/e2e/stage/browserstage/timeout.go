package browserstage

import (
	"time"
)

// PageTimeout is how long a page may take for what must happen: longer than the 15 s after
// which a stalled request is aborted, and the back-off after it.
const PageTimeout = time.Minute
