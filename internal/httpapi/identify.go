package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"net/netip"
	"regexp"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/logging"
)

// headerRequestID is the header with a request's ID, in requests and in responses.
const headerRequestID = "X-Request-ID"

// requestIDPattern matches the IDs that are accepted from a client or a proxy: those of
// UUIDs, of nginx and of tracing systems. Anything else could break a log line or fill
// the log.
var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{7,127}$`)

// clientKey is the key of the client's address in gin's context.
const clientKey = "mediarelay/client"

// identify gives each request an ID, which the response and every log line of the
// request have, and finds the client's address. The body of a problem does not repeat
// the ID.
func identify(trusted []netip.Prefix) gin.HandlerFunc {
	return func(c *gin.Context) {
		id := c.GetHeader(headerRequestID)
		if !requestIDPattern.MatchString(id) {
			id = newRequestID()
		}
		c.Header(headerRequestID, id)
		c.Set(clientKey, clientAddress(c.Request, trusted))
		c.Request = c.Request.WithContext(logging.WithRequestID(c.Request.Context(), id))
	}
}

func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}
