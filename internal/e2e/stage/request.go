package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// WantProblem wants err to be a StatusError whose body contains a text.
func WantProblem(t testing.TB, err error, status int, part string) {
	t.Helper()
	var refused *StatusError
	if !errors.As(err, &refused) || refused.Status != status || !strings.Contains(refused.Body, part) {
		t.Errorf("got %v, want %d with %s", err, status, part)
	}
}

// StatusError is an answer with another status than the expected one.
type StatusError struct {
	Status int
	Body   string
}

func (r *StatusError) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Body) }

// CheckStatus reads an answer to its end. It returns a StatusError if the status is not
// the expected one.
func CheckStatus(answer *http.Response, want int) error {
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		err = &StatusError{answer.StatusCode, string(text)}
	}
	return err
}

// request sends one request; body may be nil. Headers are pairs of name and value.
func (i *Process) request(ctx context.Context, method, url string, body io.Reader, headers ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+i.Token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for at := 0; at < len(headers); at += 2 {
		r.Header.Set(headers[at], headers[at+1])
	}
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
}
