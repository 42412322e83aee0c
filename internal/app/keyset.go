package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/auth"
)

// keySetMetric shows operators that the key set cannot be read. The server verifies
// tokens with the keys that it read before.
func keySetMetric(v *auth.Verifier) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mediarelay_jwt_key_set_stale",
		Help: "1 if the key set of tokens could not be read the last time, 0 if it could or there is none.",
	}, func() float64 {
		if v.KeySetError() != nil {
			return 1
		}
		return 0
	})
}

// notes are the lines of /readyz about what is wrong and does not make the server unready.
func (a *application) notes() []string {
	lines := a.rotation.notes()
	if a.verifier.KeySetError() != nil {
		lines = append(lines, "the key set of tokens cannot be read: the keys of before stay; see the log")
	}
	return lines
}
