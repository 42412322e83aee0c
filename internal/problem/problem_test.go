package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mediarelay/internal/problem"
	"mediarelay/internal/reason"
)

type answer struct {
	Status int            `json:"status"`
	Code   string         `json:"code"`
	Title  string         `json:"title"`
	Detail string         `json:"detail"`
	Facts  map[string]any `json:"facts"`
}

func write(t *testing.T, p problem.Problem) (*http.Response, answer) {
	t.Helper()
	recorder := httptest.NewRecorder()
	problem.Write(recorder, p)
	var body answer
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		t.Fatalf("the body is not JSON: %v\n%s", err, recorder.Body)
	}
	return recorder.Result(), body
}

func TestEveryProblemHasItsCodeAndATitle(t *testing.T) {
	for _, tt := range []struct {
		problem problem.Problem
		status  int
		code    string
	}{
		{problem.BadRequest("limit is \"many\"; give a number from 1 to 200"), 400, "bad_request"},
		{problem.Unauthorized("no token"), 401, "unauthorized"},
		{problem.TokenExpired(), 401, "token_expired"},
		{problem.ForbiddenScope("upload"), 403, "forbidden_scope"},
		{problem.Forbidden("kinds"), 403, "forbidden"},
		{problem.UnknownChannel(), 403, "unknown_channel"},
		{problem.NoHandles(errors.New("this channel has no app_id")), 422, "no_handles"},
		{problem.NotFound(), 404, "not_found"},
		{problem.MethodNotAllowed("GET", "HEAD"), 405, "method_not_allowed"},
		{problem.RequestTimeout(), 408, "request_timeout"},
		{problem.Conflict("the upload is done"), 409, "conflict"},
		{problem.OffsetMismatch(), 409, "offset_mismatch"},
		{problem.UploadTooLarge(), 413, "payload_too_large"},
		{problem.Locked(), 423, "locked"},
		{problem.Internal(), 500, "internal"},
		{problem.Unavailable(), 503, "unavailable"},
		{problem.ShuttingDown(), 503, "shutting_down"},
		{problem.StorageFull(), 507, "storage_full"},
	} {
		t.Run(tt.code, func(t *testing.T) {
			response, body := write(t, tt.problem)
			if response.StatusCode != tt.status || body.Status != tt.status {
				t.Errorf("status %d, in the body %d, want %d", response.StatusCode, body.Status, tt.status)
			}
			if body.Code != tt.code {
				t.Errorf("code %q, want %q", body.Code, tt.code)
			}
			if body.Title == "" || body.Title == tt.code || strings.Contains(body.Title, "{") {
				t.Errorf("title %q is not a sentence", body.Title)
			}
		})
	}
}

func TestResponseIsNeitherCachedNorSniffed(t *testing.T) {
	response, _ := write(t, problem.NotFound())
	for name, want := range map[string]string{
		"Content-Type":           "application/problem+json",
		"Cache-Control":          "no-store",
		"X-Content-Type-Options": "nosniff",
		"WWW-Authenticate":       "",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAFullStoreSetsRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		problem problem.Problem
		want    string
	}{
		{problem.StorageFull(), "5"}, {problem.StoreAway(), "5"}, {problem.OffsetUnknown(), "5"}, {problem.Unavailable(), ""},
	} {
		if response, _ := write(t, tt.problem); response.Header.Get("Retry-After") != tt.want {
			t.Errorf("%v: Retry-After %q, want %q", tt.problem, response.Header.Get("Retry-After"), tt.want)
		}
	}
}

func TestA401SaysWhetherTheTokenExpired(t *testing.T) {
	missing, _ := write(t, problem.Unauthorized(""))
	if got, want := missing.Header.Get("WWW-Authenticate"), `Bearer realm="mediarelay"`; got != want {
		t.Errorf("without a token: %q, want %q", got, want)
	}
	expired, _ := write(t, problem.TokenExpired())
	want := `Bearer realm="mediarelay", error="invalid_token", error_description="the token expired"`
	if got := expired.Header.Get("WWW-Authenticate"); got != want {
		t.Errorf("expired: %q, want %q", got, want)
	}
}

func TestTitleIsInTheLanguageOfTheResponse(t *testing.T) {
	for lang, want := range map[string]string{
		"":      "This file is too large. The limit is 5 MB.",
		"de-AT": "Diese Datei ist zu groß. Erlaubt sind höchstens 5 MB.",
	} {
		recorder := httptest.NewRecorder()
		recorder.Header().Set("Content-Language", lang)
		problem.Write(recorder, problem.PayloadTooLarge(5<<20))
		var body answer
		if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil || body.Title != want {
			t.Errorf("in %q: %q, want %q (%v)", lang, body.Title, want, err)
		}
	}
}

func TestFromFindsTheProblemOfAnError(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		code reason.Code
		text string
	}{
		"a problem":         {problem.NotFound(), reason.ProblemNotFound, "not_found"},
		"a wrapped problem": {fmt.Errorf("create: %w", problem.Conflict("in use")), reason.ProblemConflict, "create: conflict: in use"},
		"any other error":   {io.ErrUnexpectedEOF, reason.ProblemInternal, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			if p := problem.From(tt.err); p.Code != tt.code || tt.err.Error() != tt.text {
				t.Errorf("got %s, %q; want %s, %q", p.Code, tt.err, tt.code, tt.text)
			}
		})
	}
}

func TestFactsAreJSONValues(t *testing.T) {
	_, body := write(t, problem.New(413, reason.ProblemPayloadTooLarge, "",
		reason.Bytes("limit", 5_000_000), reason.Text("name", "a.jpg")))
	if body.Facts["limit"] != float64(5_000_000) || body.Facts["name"] != "a.jpg" {
		t.Errorf("facts %v", body.Facts)
	}
}

func TestEveryCodeHasATitle(t *testing.T) {
	if len(reason.Problems()) == 0 {
		t.Fatal("reason.Problems is empty")
	}
	for _, code := range reason.Problems() {
		if title := problem.New(500, code, "").Title; title == "" || title == string(code) {
			t.Errorf("the catalogue has no sentence for %s", code)
		}
	}
}
