package clients

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
)

// example is a command of docs/api.md, and the answer that it shows, if any.
var example = regexp.MustCompile("(?s)```sh\n(.*?)```\n(?:```json\n(.*?)```)?")

// Every command of docs/api.md works as it stands there, and its answer has the fields that
// the page shows.
func TestTheExamplesOfTheAPIPage(t *testing.T) {
	t.Parallel()
	stage.NeedProgram(t, "curl", "curl")
	page, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	i := stage.NewProcess(t)
	i.Start()
	f := &stage.File{Name: "Price list 2026.txt", Purposes: "message", Content: stage.Notes(1000), ChunkSize: 1000}
	ends := i.SendAll(t.Context(), []*stage.File{f})
	env := append(os.Environ(), "MEDIARELAY_URL="+i.URL(), "ASSET="+ends[f].Asset.ID, "TOKEN="+i.Sign(jwt.MapClaims{
		"scope": "upload assets:read assets:write messages:send", "exp": time.Now().Add(time.Hour).Unix(),
	}))
	examples := example.FindAllStringSubmatch(string(page), -1)
	if len(examples) != 4 {
		t.Fatalf("docs/api.md has %d examples, want 4", len(examples))
	}
	for _, e := range examples {
		cmd := exec.CommandContext(t.Context(), "bash", "-ec", e[1])
		cmd.Env = env
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", e[1], err, said)
		}
		if e[2] != "" {
			wantFields(t, e[1], said, []byte(e[2]))
		}
	}
}

// wantFields wants an answer to have each field that the page shows, with a value of the
// same type.
func wantFields(t *testing.T, command string, answer, shown []byte) {
	t.Helper()
	var got, want any
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Errorf("%s answers %s", command, answer)
		return
	}
	if err := json.Unmarshal(shown, &want); err != nil {
		t.Fatal(err)
	}
	if missing := missingFields("", got, want); len(missing) > 0 {
		t.Errorf("%s: the answer lacks %v: %s", command, missing, answer)
	}
}

func missingFields(at string, got, want any) (missing []string) {
	switch want := want.(type) {
	case map[string]any:
		fields, _ := got.(map[string]any)
		for name, value := range want {
			if _, ok := fields[name]; !ok {
				missing = append(missing, at+"."+name)
				continue
			}
			missing = append(missing, missingFields(at+"."+name, fields[name], value)...)
		}
	case []any:
		items, _ := got.([]any)
		if len(items) != len(want) {
			return []string{at + ": another number of items"}
		}
		for i := range want {
			missing = append(missing, missingFields(at, items[i], want[i])...)
		}
	case string:
		if _, ok := got.(string); !ok {
			missing = append(missing, at+": a text")
		}
	case float64:
		if _, ok := got.(float64); !ok {
			missing = append(missing, at+": a number")
		}
	}
	return missing
}
