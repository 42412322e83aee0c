package provider

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ParseError parses the body of an error response and classifies the error. It knows
// these shapes:
//
//	E1  {"error":{"message","type","code","error_subcode","error_data":{"details"},"fbtrace_id"}}    Graph API
//	E2  {"meta":{"http_code","developer_message","360dialog_trace_id"}}                              360dialog
//	E3  E2 with E1 as a string in meta.error or in developer_message
//	E4  {"error":"…"} or {"message":"…"}                                                             a gateway
//	E5  {"entry":[…"statuses":[{"errors":[{"code","title","error_data"}]}]…]} or {"errors":[…]}      a webhook
//	E6  anything else: HTML, an empty body, truncated JSON
//	E7  {"debug_info":{"type","message","retriable"}}                                                upload sessions
//
// The cause depends on the code and the details, as the Graph API recommends, and on the
// status if there is no code.
func ParseError(status int, header http.Header, body []byte) *Error {
	e := &Error{Status: status, RetryAfter: RetryAfter(header, time.Now())}
	f := readFailure(body)
	if e.Unrecognized = f.empty(); e.Unrecognized {
		f.Message = plainText(header.Get("Content-Type"), body)
	}
	code, _ := integer(f.Code)
	subcode, _ := integer(f.Subcode)
	e.Code, e.Subcode = int(code), int(subcode)
	e.Type, e.Message, e.Details = f.Type, clean(f.Message), clean(f.details())
	e.FBTraceID, e.DialogTraceID = clean(f.FBTraceID), clean(f.dialogTraceID)
	e.Cause = classify(e, f)
	return e
}

// failure is the union of the fields of all shapes.
type failure struct {
	Message   string          `json:"message"`
	Title     string          `json:"title"`
	Type      string          `json:"type"`
	Code      json.RawMessage `json:"code"`
	Subcode   json.RawMessage `json:"error_subcode"`
	Transient bool            `json:"is_transient"`
	UserText  string          `json:"error_user_msg"`
	Details   string          `json:"details"`
	FBTraceID string          `json:"fbtrace_id"`
	Data      struct {
		Details string `json:"details"`
	} `json:"error_data"`

	dialogTraceID string
	httpCode      Integer
	retriable     bool
}

type envelope struct {
	Error   json.RawMessage `json:"error"`
	Errors  []failure       `json:"errors"`
	Message string          `json:"message"`
	Meta    struct {
		HTTPCode         json.RawMessage `json:"http_code"`
		DeveloperMessage string          `json:"developer_message"`
		TraceID          string          `json:"360dialog_trace_id"`
		Error            json.RawMessage `json:"error"`
	} `json:"meta"`
	DebugInfo struct {
		Type      string `json:"type"`
		Message   string `json:"message"`
		Retriable bool   `json:"retriable"`
	} `json:"debug_info"`
	Entry []struct {
		Changes []struct {
			Value struct {
				Statuses []struct {
					Errors []failure `json:"errors"`
				} `json:"statuses"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

// details prefers the texts for developers to those for end users.
func (f failure) details() string {
	for _, text := range []string{f.Data.Details, f.Details, f.UserText} {
		if text != "" && text != f.Message {
			return text
		}
	}
	return ""
}

func (f failure) empty() bool {
	return f.Code == nil && f.Message == "" && f.Type == "" && f.httpCode == 0
}

func readFailure(body []byte) failure {
	var env envelope
	if !decodeLoosely(body, &env) {
		return failure{}
	}
	f := env.innermost()
	f.dialogTraceID = env.Meta.TraceID
	f.httpCode, _ = integer(env.Meta.HTTPCode)
	if f.Message == "" {
		f.Message = firstOf(f.Title, env.Meta.DeveloperMessage, env.Message)
	}
	return f
}

// innermost returns the error of the most specific shape.
func (env envelope) innermost() failure {
	for _, raw := range []string{string(env.Error), string(env.Meta.Error), env.Meta.DeveloperMessage} {
		if f, ok := embedded(raw); ok {
			return f
		}
	}
	for _, list := range env.lists() {
		if len(list) > 0 {
			return list[0]
		}
	}
	d := env.DebugInfo
	return failure{Type: d.Type, Message: d.Message, retriable: d.Retriable}
}

func (env envelope) lists() [][]failure {
	lists := [][]failure{env.Errors}
	for _, entry := range env.Entry {
		for _, change := range entry.Changes {
			for _, status := range change.Value.Statuses {
				lists = append(lists, status.Errors)
			}
		}
	}
	return lists
}

// embedded parses a Graph API error that is an object, a string that contains the JSON of
// an object, or an object within a sentence.
func embedded(raw string) (failure, bool) {
	var text string
	if json.Unmarshal([]byte(raw), &text) == nil {
		raw = text
	}
	start, end := strings.IndexByte(raw, '{'), strings.LastIndexByte(raw, '}')
	if start < 0 || end < start {
		return failure{Message: text}, text != ""
	}
	object := []byte(raw[start : end+1])
	var nested struct {
		Error *failure `json:"error"`
	}
	if decodeLoosely(object, &nested) && nested.Error != nil {
		return *nested.Error, true
	}
	var f failure
	return f, decodeLoosely(object, &f) && !f.empty()
}

// decodeLoosely ignores fields of an unexpected type: one such field must not hide the
// code.
func decodeLoosely(data []byte, into any) bool {
	err := json.Unmarshal(data, into)
	var mismatch *json.UnmarshalTypeError
	return err == nil || errors.As(err, &mismatch)
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// Integer is an integer that the APIs write either as 5848 or as "5848": their pages
// differ for file_size and file_offset.
type Integer int64

// UnmarshalJSON accepts a number or a string of digits.
func (i *Integer) UnmarshalJSON(data []byte) error {
	n, ok := integer(data)
	if !ok {
		return errNotInteger
	}
	*i = n
	return nil
}

var errNotInteger = errors.New("provider: neither an integer nor a string of digits")

func integer(data []byte) (Integer, bool) {
	n, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	return Integer(n), err == nil
}
