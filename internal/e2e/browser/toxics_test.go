package browser

import (
	"bytes"
	"encoding/json"
	"strings"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"mediarelay/internal/e2e/stage/browserstage"
)

// toxic is a fault of toxiproxy: a property of the line, where proxy.Fault is an accident
// of one request.
type toxic struct {
	kind       string
	attributes map[string]int // milliseconds, bytes; a rate in KB a second
}

// addToxics puts a line with these properties, in both directions, between the browser and
// the proxy.
func addToxics(s *browserstage.Stage, toxics ...toxic) {
	s.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	line := toxiproxy.NewProxy(server, "line", "127.0.0.1:0", strings.TrimPrefix(s.Proxy.URL, "http://"))
	s.Must(line.Start())
	s.Cleanup(line.Stop)
	for _, t := range toxics {
		for _, direction := range []string{"upstream", "downstream"} {
			text, err := json.Marshal(map[string]any{"type": t.kind, "stream": direction, "attributes": t.attributes})
			s.Must(err)
			_, err = line.Toxics.AddToxicJson(bytes.NewReader(text))
			s.Must(err)
		}
	}
	s.Proxy.URL = "http://" + line.Listen
}
