package attacks

import (
	"bytes"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
)

// unknownID is the ID of an upload that does not exist.
const unknownID = "0123456789abcdef0123456789abcdef"

// intrusion is one request for somebody else's upload.
type intrusion struct {
	method, path string
	body         string
	headers      []string
}

func patchAt(id string, offset int, chunk string) intrusion {
	return intrusion{http.MethodPatch, "/files/" + id, chunk, []string{
		"Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(offset),
	}}
}

// intrusions are the requests that reach an upload.
func intrusions(id string) map[string]intrusion {
	return map[string]intrusion{
		"HEAD":                       {method: http.MethodHead, path: "/files/" + id},
		"PATCH at its offset":        patchAt(id, 4, "evil"),
		"PATCH at another offset":    patchAt(id, 0, "evil"),
		"PATCH of nothing":           patchAt(id, 4, ""),
		"PATCH with another type":    {http.MethodPatch, "/files/" + id, "evil", []string{"Content-Type", "text/plain", "Upload-Offset", "4"}},
		"PATCH by a method override": {http.MethodPost, "/files/" + id, "evil", append(patchAt(id, 4, "").headers, "X-HTTP-Method-Override", "PATCH")},
		"DELETE":                     {method: http.MethodDelete, path: "/files/" + id},
		"the state":                  {method: http.MethodGet, path: "/v1/uploads/" + id},
		"the events":                 {method: http.MethodGet, path: "/v1/uploads/" + id + "/events"},
		"a retry":                    {method: http.MethodPost, path: "/v1/uploads/" + id + "/retry"},
	}
}

// start starts a server with the channels acme and other.
func start(t *testing.T) *stage.Process {
	t.Helper()
	i := stage.NewProcess(t)
	path := i.Env["MEDIARELAY_CHANNELS_FILE"]
	text, err := os.ReadFile(path)
	i.Must(err)
	other := strings.ReplaceAll(strings.TrimPrefix(string(text), "channels:\n"), stage.Channel+":", "other:")
	i.Must(os.WriteFile(path, append(text, other...), 0o600))
	i.Start()
	return i
}

// strangers have valid tokens, and none of ana's uploads.
func strangers(i *stage.Process) map[string]*stage.Process {
	return map[string]*stage.Process{
		"another subject":              i.As(i.Sign(jwt.MapClaims{"sub": "bob"})),
		"another channel":              i.As(i.Sign(jwt.MapClaims{"channel": "other"})),
		"another subject in capitals":  i.As(i.Sign(jwt.MapClaims{"sub": "ANA"})),
		"a CHANNEL beside channel":     i.As(i.Sign(jwt.MapClaims{"channel": "other", "CHANNEL": stage.Channel})),
		"a Sub beside sub":             i.As(i.Sign(jwt.MapClaims{"sub": "bob", "Sub": "ana"})),
		"support of another channel":   i.As(i.Sign(jwt.MapClaims{"channel": "other", "scope": "upload uploads:any"})),
		"a scope that looks like ours": i.As(i.Sign(jwt.MapClaims{"sub": "bob", "scope": "upload uploads:any:x UPLOADS:ANY"})),
	}
}

// Whoever has the ID of somebody else's upload learns and changes nothing: each answer is
// that for an ID that does not exist.
func TestAStrangerReachesNoUpload(t *testing.T) {
	t.Parallel()
	i := start(t)
	running := &stage.File{Name: "running.txt", Content: stage.Notes(64), ChunkSize: 4, Purposes: "message"}
	finished := &stage.File{Name: "finished.txt", Content: stage.Notes(4), ChunkSize: 4, Purposes: "message"}
	i.SendFirstChunk(running)
	i.WantDone([]*stage.File{finished})
	for name, stranger := range strangers(i) {
		for what, unknown := range intrusions(unknownID) {
			wantAnswer, wantText := send(stranger, unknown)
			for _, f := range []*stage.File{running, finished} {
				answer, text := send(stranger, intrusions(f.ID)[what])
				if answer.StatusCode != http.StatusNotFound {
					t.Errorf("%s of %s by %s: %s", what, f.Name, name, answer.Status)
				}
				if answer.StatusCode != wantAnswer.StatusCode || text != wantText || !sameHeaders(answer, wantAnswer) {
					t.Errorf("%s of %s by %s differs from the answer for an unknown ID:\n%d %s %v\n%d %s %v", what, f.Name, name,
						answer.StatusCode, text, answer.Header, wantAnswer.StatusCode, wantText, wantAnswer.Header)
				}
			}
		}
	}
	i.WantDone([]*stage.File{running, finished}) // whole, and theirs
	wantStored(i, finished)
}

func send(as *stage.Process, r intrusion) (*http.Response, string) {
	as.Helper()
	return as.Do(r.method, r.path, strings.NewReader(r.body), r.headers...)
}

// sameHeaders compares the headers that could tell one answer from another. The date and
// the ID of the request differ in any two answers.
func sameHeaders(a, b *http.Response) bool {
	for _, h := range []*http.Response{a, b} {
		h.Header.Del("Date")
		h.Header.Del("X-Request-ID")
	}
	if len(a.Header) != len(b.Header) {
		return false
	}
	for name := range a.Header {
		if a.Header.Get(name) != b.Header.Get(name) {
			return false
		}
	}
	return true
}

// wantStored wants the bytes of a finished upload to be in the store.
func wantStored(i *stage.Process, f *stage.File) {
	i.Helper()
	stored, err := os.ReadFile(i.DataDir + "/uploads/" + f.ID)
	if err != nil || !bytes.Equal(stored, f.Content) {
		i.Errorf("%s: %d bytes are stored, %v", f.Name, len(stored), err)
	}
}

// The same key, length and digest of another subject are another upload, before and
// after the first one is finished.
func TestAKeyOfAnotherSubjectIsAnotherUpload(t *testing.T) {
	t.Parallel()
	i := start(t)
	bob, ofOther := i.As(i.Sign(jwt.MapClaims{"sub": "bob"})), i.As(i.Sign(jwt.MapClaims{"channel": "other"}))
	content := stage.Notes(4 << 10)
	mine := &stage.File{Name: "same.txt", Content: content, ChunkSize: 1 << 10, Purposes: "message"}
	his := &stage.File{Name: "same.txt", Content: bytes.ToUpper(content), ChunkSize: 1 << 10, Purposes: "message"}
	theirs := &stage.File{Name: "same.txt", Content: bytes.ToLower(content), ChunkSize: 1 << 10, Purposes: "message"}
	i.SendFirstChunk(mine)
	bob.SendFirstChunk(his)
	ofOther.SendFirstChunk(theirs)
	if mine.ID == his.ID || mine.ID == theirs.ID || his.ID == theirs.ID {
		t.Fatalf("two people share an upload: %s, %s, %s", mine.ID, his.ID, theirs.ID)
	}
	bob.WantDone([]*stage.File{his})
	i.WantDone([]*stage.File{mine})
	ofOther.WantDone([]*stage.File{theirs})
	for _, f := range []*stage.File{mine, his, theirs} {
		wantStored(i, f)
	}
	again := &stage.File{Name: "same.txt", Content: content, ChunkSize: 1 << 10, Purposes: "message"}
	bob2 := i.As(i.Sign(jwt.MapClaims{"sub": "bob2"}))
	bob2.Must(bob2.CreateUpload(t.Context(), again))
	if offset, err := bob2.Offset(t.Context(), again); err != nil || offset != 0 || again.ID == mine.ID {
		t.Errorf("a creation with the key of a finished upload: %s at %d, %v", again.ID, offset, err)
	}
}

// Support reaches every upload of its channel, and creates none.
func TestSupportReachesTheUploadsOfItsChannel(t *testing.T) {
	t.Parallel()
	i := start(t)
	support := i.As(i.Sign(jwt.MapClaims{"sub": "sue", "scope": "uploads:any"}))
	f := &stage.File{Name: "a.txt", Content: stage.Notes(4 << 10), ChunkSize: 1 << 10}
	i.SendFirstChunk(f)
	if offset, err := support.Offset(t.Context(), f); err != nil || offset != 1<<10 {
		t.Errorf("support sees offset %d, %v", offset, err)
	}
	if answer, text := support.Do(http.MethodGet, "/v1/uploads/"+f.ID, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("the state: %s %s", answer.Status, text)
	}
	stage.WantProblem(t, support.CreateUpload(t.Context(), &stage.File{Name: "b.txt", Content: f.Content}), http.StatusForbidden, "forbidden_scope")
	if answer, text := support.Do(http.MethodDelete, "/files/"+f.ID, nil); answer.StatusCode != http.StatusNoContent {
		t.Errorf("DELETE: %s %s", answer.Status, text)
	}
	if answer, _ := i.Do(http.MethodHead, "/files/"+f.ID, nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("after support's DELETE: %s", answer.Status)
	}
}

// A narrowed token sends no chunk of an upload that it could not have created.
func TestANarrowedTokenSendsNothingBeyondItsLimits(t *testing.T) {
	t.Parallel()
	i := start(t)
	f := &stage.File{Name: "a.txt", Content: stage.Notes(4 << 10), ChunkSize: 1 << 10}
	i.SendFirstChunk(f)
	for claim, narrowed := range map[string]jwt.MapClaims{
		"max_bytes": {"max_bytes": len(f.Content) - 1},
		"kinds":     {"kinds": []string{"image"}},
		"purposes":  {"purposes": "message"}, // the upload is for a template too
	} {
		narrow := i.As(i.Sign(narrowed))
		_, err := narrow.Patch(t.Context(), f, 1<<10)
		stage.WantProblem(t, err, http.StatusForbidden, "token's "+claim+" claim")
		if offset, err := narrow.Offset(t.Context(), f); err != nil || offset != 1<<10 {
			t.Errorf("%s: offset %d, %v", claim, offset, err)
		}
	}
	fits := i.As(i.Sign(jwt.MapClaims{"max_bytes": len(f.Content), "purposes": []string{"message", "template"}}))
	if _, err := fits.Patch(t.Context(), f, 1<<10); err != nil {
		t.Error(err)
	}
}
