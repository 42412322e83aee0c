package app_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

var (
	documented = regexp.MustCompile("(?m)^\\| `(mediarelay_[a-z_]+)` \\| (counter|gauge|histogram) \\|")
	exposed    = regexp.MustCompile(`(?m)^# TYPE (mediarelay_[a-z_]+) (counter|gauge|histogram)$`)
)

// docs/observability.md lists every metric with its type, and no others. A metric whose
// labels are not known before its first event is documented and may be missing.
func TestTheTableOfMetricsIsComplete(t *testing.T) {
	a, s := assembled(t, loadChannels(t, emulateAll(t)))
	id := filepath.Base(s.CreateFor("message,template", stage.Photo(t)))
	s.Do(http.MethodGet, s.URL+"/v1/uploads/"+id+"/events", nil, nil) // waits for the end

	page, err := os.ReadFile("../../docs/observability.md")
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	a.Admin().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	listed, found := metricsOf(documented, string(page)), metricsOf(exposed, answer.Body.String())
	for _, metric := range found {
		if !slices.Contains(listed, metric) {
			t.Errorf("docs/observability.md does not list %s", metric)
		}
	}
	for _, metric := range listed {
		name, _, _ := strings.Cut(metric, " ")
		if !slices.Contains(found, metric) && !slices.Contains(onEvent, name) {
			t.Errorf("docs/observability.md lists %s, which the registry does not have", metric)
		}
	}
}

// onEvent are the metrics that are read from the database and have no row while all is
// well.
var onEvent = []string{
	"mediarelay_channel_paused", "mediarelay_channel_paused_timestamp_seconds",
	"mediarelay_relays_waiting", "mediarelay_relays_oldest_timestamp_seconds",
}

func metricsOf(pattern *regexp.Regexp, text string) (metrics []string) {
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		metrics = append(metrics, match[1]+" "+match[2])
	}
	return metrics
}
