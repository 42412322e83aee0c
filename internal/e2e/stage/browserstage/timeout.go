package browserstage

import (
	"time"
)

// PageTimeout is how long a page may take for what must happen: longer than the 15 s after
// which a stalled request is aborted, and the back-off after it.
const PageTimeout = time.Minute

// actionTimeout is how long one action of a tab may take: longer than PageTimeout, within
// which a condition is awaited in the page. Without it, a tab that does not respond
// would use up the time of the whole package.
const actionTimeout = PageTimeout + 30*time.Second
