package browser

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/sandbox"
)

// Two people have the same bytes under two names. The second one sends none of them, the
// provider is called once, and each sees and finds the name that they gave.
func TestTwoPeopleTwoNamesOneContent(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := stage.Notes(3 << 20)
	const draft, final = "DRAFT do not send v3.txt", "Price list 2026.txt"

	alice := s.Token(time.Hour)
	s.Open(alice)
	s.ForMessages(true)
	s.Drop(s.File(draft, content))
	s.AwaitRow(draft, "done")
	sent := len(s.RequestsWith(http.MethodPatch))

	bob := s.TokenOf("bob", time.Hour)
	followLink(s, bob)
	s.Until(questionOpen)
	s.Evaluate(`document.getElementById('switch-accept').click()`)
	s.Until(sessionText + `.includes('signed in as bob')`)
	s.Drop(s.File(final, content))
	if row := s.AwaitRow(final, "done"); strings.Contains(row.Text, "DRAFT") || row.Asset.CreatedBy != "bob" || row.Asset.Filename != final {
		t.Errorf("bob's row shows %q, asset %+v", row.Text, row.Asset)
	}
	if now := len(s.RequestsWith(http.MethodPatch)); now != sent {
		t.Errorf("%d more chunks were sent", now-sent)
	}
	if calls := s.Sandbox.Calls(sandbox.OpUploadMedia); calls != 1 {
		t.Errorf("the provider was called %d times, want 1", calls)
	}
	for _, token := range []string{alice, bob} { // the library is the channel's
		wantNames(s, token, "draft", draft)
		wantNames(s, token, "price", final)
		wantNames(s, token, "", draft, final)
	}
	s.WantNoSecrets()
}

// wantNames wants a search of the library to find these names.
func wantNames(s *browserstage.Stage, token, text string, want ...string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.Server.URL()+"/v1/assets?q="+url.QueryEscape(text), http.NoBody)
	s.Must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	s.Must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	s.Must(err)
	var page struct{ Items []struct{ Filename string } }
	s.Must(json.Unmarshal(body, &page))
	names := make([]string, len(page.Items))
	for i, item := range page.Items {
		names[i] = item.Filename
	}
	slices.Sort(names)
	if fmt.Sprint(names) != fmt.Sprint(want) {
		s.Errorf("a search for %q finds %q, want %q", text, names, want)
	}
}
