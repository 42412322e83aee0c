package browserstage

import (
	"time"
)

// patienceOfPage is how long a page may take for what must happen: longer than
// the 15 s after which a stalled request is given up, and the wait after it.
const PageTimeout = time.Minute
