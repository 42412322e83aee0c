package providertest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// testErrors: an error response has the right cause.
func testErrors(t *testing.T, connect func(Connection) Harness) {
	const graph = `{"error":{"message":"%","type":"OAuthException","code":%,"fbtrace_id":"Az8"}}`
	for _, row := range []struct {
		name  string
		fault sandbox.Fault
		cause provider.Cause
	}{
		{"rate limit under 400", sandbox.RateLimit(), provider.CauseRate},
		{"rate limit under 429", sandbox.Answer(429, http.Header{"Retry-After": {"5"}}, ""), provider.CauseRate},
		{"throughput", sandbox.Answer(400, nil, strings.ReplaceAll(graph, "%", "130429")), provider.CauseRate},
		{"parameter", sandbox.Answer(400, nil, strings.ReplaceAll(graph, "%", "100")), provider.CausePermanent},
		{"token", sandbox.Answer(401, nil, strings.ReplaceAll(graph, "%", "190")), provider.CauseAuth},
		{"endpoint blocked", sandbox.Answer(403, nil, `{"meta":{"http_code":403,"developer_message":"The endpoint is blocked"}}`), provider.CauseAuth},
		{"service down", sandbox.Answer(503, nil, strings.ReplaceAll(graph, "%", "131016")), provider.CauseTemporary},
		{"no such account", sandbox.Answer(400, nil, `{"error":{"message":"Unsupported post request. Object with ID '1' does not exist","code":100,"error_subcode":33}}`), provider.CauseAuth},
		{"unknown number, reported by 360dialog", sandbox.Answer(404, nil, `{"meta":{"http_code":404,"developer_message":"Not found","360dialog_trace_id":"TOZ"}}`), provider.CauseAuth},
		{"unknown path, reported by the Graph API", sandbox.Answer(404, nil, `{"error":{"message":"Unknown path components: /x","type":"OAuthException","code":2500}}`), provider.CauseAuth},
		{"a gateway's 404", sandbox.HTML(404), provider.CauseTemporary},
		{"a gateway's 404 without a body", sandbox.Answer(404, nil, ""), provider.CauseTemporary},
		{"a file name that contains the text of an account error", sandbox.Answer(400, nil, `{"error":{"message":"(#100) Param file 'it does not exist.png' is not taken","code":100}}`), provider.CausePermanent},
		{"too large for a proxy", sandbox.HTML(413), provider.CauseTemporary},
		{"too large, reported by 360dialog", sandbox.Answer(413, nil, `{"meta":{"http_code":413,"developer_message":"File too large","360dialog_trace_id":"TOZ"}}`), provider.CausePermanent},
		{"a proxy's 502 after the body", sandbox.HTML(502), provider.CauseAmbiguous},
		{"a page in place of success", sandbox.HTML(200), provider.CauseAmbiguous},
		{"success without an id", sandbox.Answer(200, nil, `{}`), provider.CauseAmbiguous},
		{"an error under 200", sandbox.Answer(200, nil, strings.ReplaceAll(graph, "%", "100")), provider.CausePermanent},
		{"success cut short", sandbox.TruncatedJSON(), provider.CauseAmbiguous},
		{"rejected before the body", sandbox.EarlyAnswer(401, `{"meta":{"developer_message":"Invalid api_key"}}`), provider.CauseAuth},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			s.sandbox.Faults().Add(sandbox.OpUploadMedia, row.fault)
			file := newSample(1000)
			_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
			s.wantCause(t, err, row.cause)
		})
	}
	t.Run("an unknown key", func(t *testing.T) {
		s := newStage(t, func(c Connection) Harness {
			c.Key = "another-key"
			return connect(c)
		})
		file := newSample(1000)
		_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
		s.wantCause(t, err, provider.CauseAuth)
	})
}

// testShapes: every shape of an error is parsed for every API, with its code and trace
// ids.
func testShapes(t *testing.T, connect func(Connection) Harness) {
	const inner = `{\"error\":{\"message\":\"Invalid parameter\",\"type\":\"OAuthException\",\"code\":100,\"error_subcode\":2388046,\"fbtrace_id\":\"AzT\"}}`
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   provider.Error
	}{
		{
			"E1 Graph API", 400,
			`{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException","code":130429,"error_data":{"details":"Throughput has been reached."},"error_subcode":2494055,"fbtrace_id":"AzT"}}`,
			provider.Error{Cause: provider.CauseRate, Code: 130429, Subcode: 2494055, Details: "Throughput has been reached.", FBTraceID: "AzT"},
		},
		{
			"E2 360dialog", 401,
			`{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api_key","360dialog_trace_id":"TOZ"}}`,
			provider.Error{Cause: provider.CauseAuth, Message: "Invalid api_key", DialogTraceID: "TOZ"},
		},
		{
			"E3 360dialog around the Graph API", 400,
			`{"meta":{"success":false,"http_code":400,"developer_message":"Invalid payload (` + inner + `)","error":"` + inner + `","360dialog_trace_id":"TOZ"}}`,
			provider.Error{Cause: provider.CausePermanent, Code: 100, Subcode: 2388046, Message: "Invalid parameter", FBTraceID: "AzT", DialogTraceID: "TOZ"},
		},
		{
			"E3 inside the message alone", 400,
			`{"meta":{"http_code":400,"developer_message":"Invalid payload (` + inner + `)"}}`,
			provider.Error{Cause: provider.CausePermanent, Code: 100, Subcode: 2388046, Message: "Invalid parameter", FBTraceID: "AzT"},
		},
		{
			"E4 a gateway's message", 400, `{"message":"You have exceeded the endpoint rate limit."}`,
			provider.Error{Cause: provider.CauseRate, Message: "You have exceeded the endpoint rate limit."},
		},
		{
			"E4 a gateway's error", 403, `{"error":"The endpoint is blocked"}`,
			provider.Error{Cause: provider.CauseAuth, Message: "The endpoint is blocked"},
		},
		{
			"E5 as in a callback", 400,
			`{"entry":[{"changes":[{"value":{"statuses":[{"errors":[{"code":131053,"title":"Media upload error","error_data":{"details":"audioCodec=unknown"}}]}]}}]}]}`,
			provider.Error{Cause: provider.CausePermanent, Code: 131053, Message: "Media upload error", Details: "audioCodec=unknown"},
		},
		{
			"E5 of the on-premise API", 429,
			`{"meta":{"api_status":"stable"},"errors":[{"code":1015,"title":"Too many requests","details":"Wait."}]}`,
			provider.Error{Cause: provider.CauseRate, Code: 1015, Message: "Too many requests", Details: "Wait."},
		},
		{
			"E6 a proxy's page", 413, "<html><head><title>413</title></head><body>Request Entity Too Large</body></html>",
			provider.Error{Cause: provider.CauseTemporary, Message: "Request Entity Too Large"},
		},
		{"E6 an empty body", 403, "", provider.Error{Cause: provider.CauseAuth}},
		{"E6 truncated JSON", 400, `{"error":{"message":"(#100) Par`, provider.Error{Cause: provider.CausePermanent}},
		{
			"E7 an upload session", 400, `{"debug_info":{"retriable":true,"type":"ProcessingFailedError","message":"Try again"}}`,
			provider.Error{Cause: provider.CauseTemporary, Message: "Try again"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(row.status, nil, row.body))
			file := newSample(1000)
			_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
			s.wantCause(t, err, row.want.Cause)
			wantError(t, err, row.status, row.want)
		})
	}
}

func wantError(t *testing.T, err error, status int, want provider.Error) {
	t.Helper()
	var got *provider.Error
	if !errors.As(err, &got) {
		t.Fatalf("err = %v, want a *provider.Error", err)
	}
	if got.Op == "" || got.Status != status || got.Code != want.Code || got.Subcode != want.Subcode ||
		got.FBTraceID != want.FBTraceID || got.DialogTraceID != want.DialogTraceID {
		t.Errorf("got %+v, want HTTP %d, %+v", got, status, want)
	}
	if !strings.Contains(got.Message, want.Message) || !strings.Contains(got.Details, want.Details) {
		t.Errorf("message %q, details %q, want %q and %q", got.Message, got.Details, want.Message, want.Details)
	}
}

// testRetryAfter: Retry-After is parsed in both forms and limited.
func testRetryAfter(t *testing.T, connect func(Connection) Harness) {
	for _, row := range []struct {
		name, value    string
		least, longest time.Duration
	}{
		{"seconds", "7", 7 * time.Second, 7 * time.Second},
		{"a date", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat), 30 * time.Second, time.Minute},
		{"a date that has passed", "Wed, 21 Oct 2015 07:28:00 GMT", 0, 0},
		{"none", "", 0, 0},
		{"ten years", "315360000", provider.MaxRetryAfter, provider.MaxRetryAfter},
		{"more than fits", "99999999999999999999999", provider.MaxRetryAfter, provider.MaxRetryAfter},
		{"negative", "-5", 0, 0},
		{"a word", "soon", 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			header := http.Header{}
			if row.value != "" {
				header.Set("Retry-After", row.value)
			}
			s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(429, header, ""))
			file := newSample(1000)
			_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
			s.wantCause(t, err, provider.CauseRate)
			var e *provider.Error
			if errors.As(err, &e) && (e.RetryAfter < row.least || e.RetryAfter > row.longest) {
				t.Errorf("RetryAfter %v, want %v to %v", e.RetryAfter, row.least, row.longest)
			}
		})
	}
}

// testBombs: a response that does not end, or grows when it is decompressed, is not held
// in memory.
func testBombs(t *testing.T, connect func(Connection) Harness) {
	const size, most = 50 << 20, 10 << 20
	for _, row := range []struct {
		name  string
		fault sandbox.Fault
	}{
		{"50 MB in place of JSON", sandbox.Answer(200, nil, strings.Repeat("x", size))},
		{"50 MB in place of an error", sandbox.Answer(400, nil, strings.Repeat("x", size))},
		{"50 MB in 50 KB of gzip", sandbox.Answer(200, http.Header{"Content-Encoding": {"gzip"}}, zeros(t, size))},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			s.sandbox.Faults().Add(sandbox.OpUploadMedia, row.fault)
			file := newSample(1000)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("no error")
			}
			// The sandbox, in the same process, copies the response once.
			if took := after.TotalAlloc - before.TotalAlloc; took > size+most {
				t.Errorf("%d bytes were allocated, want at most %d", took, size+most)
			}
		})
	}
}

func zeros(t *testing.T, size int) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(make([]byte, size))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
