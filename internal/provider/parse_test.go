package provider

import (
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestParseError tests the shapes as they are documented or were observed. See
// ParseError for their names.
func TestParseError(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   Error // Op, RetryAfter and Err are not compared
	}{
		{
			"E1 Graph API", 429,
			`{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException","code":130429,"error_data":{"messaging_product":"whatsapp","details":"Cloud API message throughput has been reached."},"error_subcode":2494055,"fbtrace_id":"Az8or2yhqkZfEZ-_4Qn_Bam"}}`,
			Error{
				Cause: CauseRate, Code: 130429, Subcode: 2494055, Type: "OAuthException",
				Message: "(#130429) Rate limit hit", Details: "Cloud API message throughput has been reached.",
				FBTraceID: "Az8or2yhqkZfEZ-_4Qn_Bam",
			},
		},
		{
			"E1 the type list", 400,
			`{"error":{"message":"(#100) Param file must be a file with one of the following types: audio\/aac, video\/3gpp. Received file of type 'application\/octet-stream'.","type":"OAuthException","code":100,"fbtrace_id":"A1"}}`,
			Error{
				Cause: CausePermanent, Code: 100, Type: "OAuthException", FBTraceID: "A1",
				Message: "(#100) Param file must be a file with one of the following types: audio/aac, video/3gpp. Received file of type 'application/octet-stream'.",
			},
		},
		{
			"E1 transient without a known code", 400,
			`{"error":{"message":"Try later","code":99999,"is_transient":true}}`,
			Error{Cause: CauseTemporary, Code: 99999, Message: "Try later"},
		},
		{
			"E1 code 0 is authentication", 400,
			`{"error":{"message":"AuthException","code":0}}`,
			Error{Cause: CauseAuth, Message: "AuthException"},
		},
		{
			"E1 a permission", 403,
			`{"error":{"message":"(#294) Managing advertisements requires the extended permission","code":294}}`,
			Error{Cause: CauseAuth, Code: 294, Message: "(#294) Managing advertisements requires the extended permission"},
		},
		{
			"E1 the code as a text, one field of another type", 400,
			`{"error":{"message":"odd","code":"190","error_data":"none","fbtrace_id":"A2"}}`,
			Error{Cause: CauseAuth, Code: 190, Message: "odd", FBTraceID: "A2"},
		},
		{
			"E2 360dialog", 401,
			`{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api_key","360dialog_trace_id":"TOZ123"}}`,
			Error{Cause: CauseAuth, Message: "Invalid api_key", DialogTraceID: "TOZ123"},
		},
		{
			"E2 an account's trouble under 400", 400,
			`{"meta":{"success":false,"http_code":400,"developer_message":"Your WhatsApp for Business API has been disabled"}}`,
			Error{Cause: CauseAuth, Message: "Your WhatsApp for Business API has been disabled"},
		},
		{
			"E2 the rate limit under 400", 400,
			`{"meta":{"success":false,"http_code":400,"developer_message":"You have exceeded the endpoint rate limit.","360dialog_trace_id":"TOZ124"}}`,
			Error{Cause: CauseRate, Message: "You have exceeded the endpoint rate limit.", DialogTraceID: "TOZ124"},
		},
		{
			"E2 under 200, with its own status", 200,
			`{"meta":{"success":false,"http_code":400,"developer_message":"Bad request"}}`,
			Error{Cause: CausePermanent, Message: "Bad request"},
		},
		{
			"E3 Graph API inside 360dialog", 400,
			`{"meta":{"360dialog_trace_id":"TOZ125","developer_message":"Invalid payload ({\"error\":{\"message\":\"Invalid parameter\",\"type\":\"OAuthException\",\"code\":100,\"error_data\":{\"blame_field_specs\":[[\"name\"]]},\"error_subcode\":2388046,\"is_transient\":false,\"error_user_title\":\"Name Format is Incorrect\",\"error_user_msg\":\"Message template name can only have lowercase letters and underscores.\",\"fbtrace_id\":\"A3\"}})","http_code":400,"success":false}}`,
			Error{
				Cause: CausePermanent, Code: 100, Subcode: 2388046, Type: "OAuthException", Message: "Invalid parameter",
				Details:   "Message template name can only have lowercase letters and underscores.",
				FBTraceID: "A3", DialogTraceID: "TOZ125",
			},
		},
		{
			"E3 in meta.error", 400,
			`{"meta":{"360dialog_trace_id":"TOZ126","developer_message":"Invalid payload","error":"{\"error\":{\"message\":\"Service temporarily unavailable\",\"code\":2,\"fbtrace_id\":\"A4\"}}","http_code":400}}`,
			Error{Cause: CauseTemporary, Code: 2, Message: "Service temporarily unavailable", FBTraceID: "A4", DialogTraceID: "TOZ126"},
		},
		{
			"E4 a message", 400, `{"message":"You have exceeded the endpoint rate limit."}`,
			Error{Cause: CauseRate, Message: "You have exceeded the endpoint rate limit."},
		},
		{
			"E4 an error text", 403, `{"error":"The endpoint is blocked"}`,
			Error{Cause: CauseAuth, Message: "The endpoint is blocked"},
		},
		{
			"E5 a webhook", 0,
			`{"entry":[{"changes":[{"value":{"statuses":[{"status":"failed","errors":[{"code":131053,"title":"Media upload error","message":"Media upload error","error_data":{"details":"Video file uploaded with mimetype as video/mp4, however on processing it is of type video/mp4, videoCodec=h264, audioCodec=unknown. Please choose a different file."}}]}]}}]}]}`,
			Error{
				Cause: CausePermanent, Code: 131053, Message: "Media upload error",
				Details: "Video file uploaded with mimetype as video/mp4, however on processing it is of type video/mp4, videoCodec=h264, audioCodec=unknown. Please choose a different file.",
			},
		},
		{
			"E5 a link that failed for the moment", 0,
			`{"errors":[{"code":131053,"title":"Media upload error","error_data":{"details":"Downloading media from weblink failed with http code 503"}}]}`,
			Error{
				Cause: CauseTemporary, Code: 131053, Message: "Media upload error",
				Details: "Downloading media from weblink failed with http code 503",
			},
		},
		{
			"E6 a proxy's page", 502,
			"<html>\r\n<head><title>502 Bad Gateway</title><style>h1{}</style></head><body><center><h1>Bad&nbsp;Gateway</h1></center></body></html>",
			Error{Cause: CauseTemporary, Unrecognized: true, Message: "unrecognized response (text/html, 132 bytes): 502 Bad Gateway Bad Gateway"},
		},
		{"E6 too large for a proxy", 413, "", Error{Cause: CauseTemporary, Unrecognized: true, Message: "unrecognized response (text/html, 0 bytes)"}},
		{"E4 too large for a gateway", 413, `{"message":"Request size limit exceeded"}`, Error{Cause: CauseTemporary, Message: "Request size limit exceeded"}},
		{
			"E2 too large for the API", 413, `{"meta":{"http_code":413,"developer_message":"File too large"}}`,
			Error{Cause: CausePermanent, Message: "File too large"},
		},
		{
			"E6 JSON that was cut", 400, `{"message":"You have exceeded the endpoint rate lim`,
			Error{Cause: CausePermanent, Unrecognized: true, Message: `unrecognized response (text/html, 51 bytes): {"message":"You have exceeded the endpoint rate lim`},
		},
		{
			"E6 JSON that was cut behind the words", 400, `{"message":"You have exceeded the endpoint rate limit."`,
			Error{Cause: CauseRate, Unrecognized: true, Message: `unrecognized response (text/html, 55 bytes): {"message":"You have exceeded the endpoint rate limit."`},
		},
		{"E6 429 without a body", 429, "", Error{Cause: CauseRate, Unrecognized: true, Message: "unrecognized response (text/html, 0 bytes)"}},
		{"E6 a list", 500, `[1,2]`, Error{Cause: CauseTemporary, Unrecognized: true, Message: "unrecognized response (text/html, 5 bytes): [1,2]"}},
		{
			"E7 a wrong offset", 412,
			`{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"Request starting offset is invalid"}}`,
			Error{Cause: CauseOffset, Type: "OffsetInvalidError", Message: "Request starting offset is invalid"},
		},
		{
			"E7 a part", 206,
			`{"debug_info":{"retriable":false,"type":"PartialRequestError","message":"Partial request (did not match length of file)"}}`,
			Error{Cause: CauseOffset, Type: "PartialRequestError", Message: "Partial request (did not match length of file)"},
		},
		{
			"E7 processing, to be tried again", 400,
			`{"debug_info":{"retriable":true,"type":"ProcessingFailedError","message":"Request processing failed"}}`,
			Error{Cause: CauseTemporary, Type: "ProcessingFailedError", Message: "Request processing failed"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ParseError(row.status, http.Header{"Content-Type": {"text/html"}}, []byte(row.body))
			row.want.Status = row.status
			if *got != row.want {
				t.Errorf("\n got %+v\nwant %+v", *got, row.want)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	e := &Error{
		Op: "POST /media", Status: 400, Cause: CausePermanent, Code: 100, Subcode: 33,
		Message: "(#100) No", Details: "because", FBTraceID: "A1", DialogTraceID: "T1",
	}
	const want = "POST /media: HTTP 400, code 100, subcode 33: (#100) No: because [fbtrace_id A1] [360dialog_trace_id T1]"
	if e.Error() != want {
		t.Errorf("\n got %s\nwant %s", e, want)
	}
}

// Clients see what the API said, but no addresses of our network and no page of a proxy.
func TestErrorTextForClients(t *testing.T) {
	for _, row := range []struct {
		name string
		err  *Error
		want string
	}{
		{
			"the API's own words", ParseError(400, nil, []byte(`{"error":{"message":"(#100) No","code":100,"error_subcode":33,"error_data":{"details":"because"},"fbtrace_id":"A1"}}`)),
			"POST /media: HTTP 400, code 100, subcode 33: (#100) No: because [fbtrace_id A1]",
		},
		{"its gateway's", ParseError(403, nil, []byte(`{"error":"The endpoint is blocked"}`)), "POST /media: HTTP 403: The endpoint is blocked"},
		{"a proxy's page", ParseError(403, nil, []byte("<html>Access denied at 10.0.0.7")), "POST /media: HTTP 403: unrecognized response"},
		{"a page in place of success", ParseError(200, nil, []byte("<html>Log in at intranet.example")), "POST /media: HTTP 200: unrecognized response"},
		{
			"a connection's fault", &Error{Cause: CauseAmbiguous, Err: &net.OpError{Op: "read", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 18109}, Err: syscall.ECONNRESET}},
			"POST /media: no response",
		},
		{"our own refusal to send it", &Error{Cause: CausePermanent, Err: errUnknownType}, "POST /media: " + errUnknownType.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.err.Op = "POST /media"
			if got := row.err.Said(); got != row.want {
				t.Errorf("\n got %s\nwant %s", got, row.want)
			}
		})
	}
}

// A text of a response is logged, so it is one printable line of limited length.
func TestTextsAreCleanedForTheLog(t *testing.T) {
	body := `{"message":"first\nsecond\u001b[31m\u202e` + strings.Repeat("ä", 2000) + `"}`
	got := ParseError(400, nil, []byte(body)).Message
	if strings.ContainsAny(got, "\n\x1b\u202e") || len(got) > maxTextBytes+len("…") || !strings.HasPrefix(got, "first second") {
		t.Errorf("%q", got)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                                 0,
		"7":                                7 * time.Second,
		"0":                                0,
		"-5":                               0,
		"soon":                             0,
		"315360000":                        MaxRetryAfter, // ten years
		"99999999999999999999":             MaxRetryAfter,
		"-99999999999999999999":            0,
		"Sat, 21 Nov 2026 09:00:30 GMT":    30 * time.Second,
		"Sat, 21 Nov 2026 08:00:00 GMT":    0,
		"Sun, 21 Nov 2027 09:00:00 GMT":    MaxRetryAfter,
		"Saturday, 21-Nov-26 09:01:00 GMT": time.Minute,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// A date is relative to the clock of the server that sent it.
func TestRetryAfterIsRelativeToTheServersDate(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	const until = "Sat, 21 Nov 2026 10:00:30 GMT"
	for sent, want := range map[string]time.Duration{
		"Sat, 21 Nov 2026 10:00:00 GMT": 30 * time.Second,
		"Sat, 21 Nov 2026 09:59:30 GMT": time.Minute,
		"Sat, 21 Nov 2026 10:01:00 GMT": 0,
		"":                              MaxRetryAfter,
		"soon":                          MaxRetryAfter,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {until}, "Date": {sent}}, now); got != want {
			t.Errorf("sent %q: %v, want %v", sent, got, want)
		}
	}
}

// FuzzParseError: every response gives an error with a cause and a text of one line.
func FuzzParseError(f *testing.F) {
	for _, seed := range []string{
		`{"error":{"code":100}}`, `{"error":"{\"error\":{}}"}`, `{"meta":{"developer_message":"({})"}}`,
		`{"entry":[{"changes":[{"value":{"statuses":[{"errors":[{}]}]}}]}]}`, `<html>`, `{`, "", "null", `{"errors":[]}`,
	} {
		f.Add(400, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := ParseError(status, http.Header{}, body)
		if e.Cause == "" || strings.ContainsAny(e.Error(), "\n\r") {
			t.Errorf("cause %q, text %q", e.Cause, e.Error())
		}
	})
}
