package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
)

// faultsPath is where clients without Go script faults. No provider has this path.
const faultsPath = "/sandbox/faults"

// maxFaultRequest bounds the JSON of one fault, in bytes.
const maxFaultRequest = 64 << 10

// faultRequest is the JSON of POST /sandbox/faults. Which numbers a fault uses is in
// faultsByName.
type faultRequest struct {
	Operation Op     `json:"operation"`
	Fault     string `json:"fault"`
	Status    int    `json:"status"`
	Body      string `json:"body"`
	Bytes     int64  `json:"bytes"`
	Rate      int64  `json:"rate"` // bytes per second
}

// faultsByName are the faults that HTTP can script.
var faultsByName = map[string]func(faultRequest) Fault{
	"pass":           func(faultRequest) Fault { return Pass() },
	"answer":         func(q faultRequest) Fault { return Answer(q.Status, jsonHeader, q.Body) },
	"html":           func(q faultRequest) Fault { return HTML(q.Status) },
	"rate_limit":     func(faultRequest) Fault { return RateLimit() },
	"reset":          func(q faultRequest) Fault { return ResetAfter(q.Bytes) },
	"lose_answer":    func(faultRequest) Fault { return LoseAnswer() },
	"truncated_json": func(faultRequest) Fault { return TruncatedJSON() },
	"stall":          func(faultRequest) Fault { return Stall() },
	"slow":           func(q faultRequest) Fault { return Slow(q.Rate) },
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

// scriptFaults serves faultsPath: POST adds a fault, GET lists all of them, and DELETE
// removes them. It takes no key, because what can reach a sandbox may use it.
func (s *Server) scriptFaults(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		s.addFault(w, r)
	case http.MethodGet:
		writeJSON(w, http.StatusOK, map[string]any{"faults": s.faults.list()})
	case http.MethodDelete:
		s.faults.clear()
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, POST, DELETE")
		writeJSON(w, http.StatusMethodNotAllowed, map[string]string{"error": "Use GET, POST or DELETE."})
	}
}

func (s *Server) addFault(w http.ResponseWriter, r *http.Request) {
	// A browser sends JSON to another origin only after a preflight, which fails here: no
	// web page can script the sandbox of whoever visits it.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		writeJSON(w, http.StatusUnsupportedMediaType, map[string]string{"error": "Send Content-Type: application/json."})
		return
	}
	q, err := readFault(http.MaxBytesReader(w, r.Body, maxFaultRequest))
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	s.faults.Add(q.Operation, faultsByName[q.Fault](q))
	w.WriteHeader(http.StatusCreated)
}

func readFault(body io.Reader) (faultRequest, error) {
	var q faultRequest
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil {
		return q, fmt.Errorf("the body is not the JSON of a fault: %w", err)
	}
	_, known := faultsByName[q.Fault]
	switch {
	case !known:
		return q, fmt.Errorf("there is no fault %q", q.Fault)
	case !slices.ContainsFunc(routes, func(r route) bool { return r.op == q.Operation }):
		return q, fmt.Errorf("there is no operation %q", q.Operation)
	case (q.Fault == "answer" || q.Fault == "html") && (q.Status < 200 || q.Status > 599):
		return q, fmt.Errorf("the status is %d, not 200 to 599", q.Status)
	case q.Bytes < 0:
		return q, fmt.Errorf("bytes is %d, below 0", q.Bytes)
	case q.Fault == "slow" && q.Rate < 1:
		return q, fmt.Errorf("the rate is %d bytes per second, below 1", q.Rate)
	}
	return q, nil
}
