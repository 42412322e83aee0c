package stage

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var adminAddress = regexp.MustCompile(`"msg":"serving".*"admin":"([^"]+)"`)

// Admin sends a GET to the private listener of the running process.
func (i *Process) Admin(path string) (status int, text string) {
	i.Helper()
	found := adminAddress.FindAllStringSubmatch(i.ServerLog.All(), -1)
	if len(found) == 0 {
		i.Fatalf("the log contains no admin address: %s", i.ServerLog.Tail())
	}
	r, err := http.NewRequestWithContext(i.Context(), http.MethodGet, "http://"+found[len(found)-1][1]+path, http.NoBody)
	i.Must(err)
	answer, err := http.DefaultClient.Do(r)
	i.Must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	i.Must(err)
	return answer.StatusCode, string(body)
}

// Metric is the sum of a metric over its labels, in the running process.
func (i *Process) Metric(name string) (sum float64) {
	i.Helper()
	_, text := i.Admin("/metrics")
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 2 && (fields[0] == name || strings.HasPrefix(fields[0], name+"{")) {
			value, err := strconv.ParseFloat(fields[1], 64)
			i.Must(err)
			sum += value
		}
	}
	return sum
}
