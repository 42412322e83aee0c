package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Cause is the kind of an error. What follows from each is the caller's table
// (relay/policy).
type Cause string

// The causes.
const (
	// CausePermanent: every further attempt with the same file fails the same way.
	CausePermanent Cause = "permanent"
	// CauseAuth: the key, the account, a permission, a certificate or the address is
	// wrong, until an operator acts. It concerns the whole channel and says nothing about
	// the file.
	CauseAuth Cause = "auth"
	// CauseRate: there were too many requests. It passes if the channel waits, at least
	// for RetryAfter.
	CauseRate Cause = "rate"
	// CauseTemporary: it passes by itself.
	CauseTemporary Cause = "temporary"
	// CauseAmbiguous is temporary, but the API may have accepted the file. Another attempt
	// may make a second media object, which is not used and which the API drops after
	// Limits.MediaLifetime.
	CauseAmbiguous Cause = "ambiguous"
	// CauseOffset: nothing more may be sent into the session before it is asked for its
	// offset.
	CauseOffset Cause = "offset"
	// CauseSession: the session is dead, and a new one must be opened.
	CauseSession Cause = "session"
)

// Error is a request that did not succeed. Its texts come from the API with
// keys, handles and signed links taken out, so they may be logged and stored.
type Error struct {
	// Op is the method and the path's pattern, such as "POST /media".
	Op string
	// Status is the HTTP status; 0 where no answer came.
	Status int
	Cause  Cause

	// Code and Subcode are the API's own; programs branch on Code.
	Code    int
	Subcode int
	// Type is the API's name for the error's family.
	Type    string
	Message string
	Details string
	// Unrecognized says that the response has none of the API's error formats, such
	// as the page of a proxy, which Message then describes.
	Unrecognized bool
	// FBTraceID and DialogTraceID are what the support of Meta and of 360dialog ask for.
	FBTraceID     string
	DialogTraceID string

	// RetryAfter is how long the API asks to wait; 0 where it does not say.
	RetryAfter time.Duration
	// Err is the fault of the connection or of the body; nil where an answer came.
	Err error
}

// Error is everything, for the log.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.told(e.Message, e.Details, e.Err.Error())
	}
	return e.told(e.Message, e.Details)
}

// Said is what the API itself says, for whoever may read about the file: its status,
// codes, words and trace ids. Faults of a connection name addresses of ours, and a
// page is that of whoever stands in between.
func (e *Error) Said() string {
	switch {
	case e.Status == 0 && e.Err != nil && e.Cause == CausePermanent:
		return e.told(e.Err.Error()) // our own refusal to send it
	case e.Status == 0 && e.Err != nil:
		return e.told("no answer")
	case e.Unrecognized:
		return e.told("not an answer of the API's")
	}
	return e.told(e.Message, e.Details)
}

func (e *Error) told(texts ...string) string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.Status)
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, ", code %d", e.Code)
	}
	if e.Subcode != 0 {
		fmt.Fprintf(&b, ", subcode %d", e.Subcode)
	}
	for _, text := range texts {
		if text != "" {
			b.WriteString(": " + text)
		}
	}
	writeTrace(&b, "fbtrace_id", e.FBTraceID)
	writeTrace(&b, "360dialog_trace_id", e.DialogTraceID)
	return b.String()
}

func writeTrace(b *strings.Builder, name, id string) {
	if id != "" {
		b.WriteString(" [" + name + " " + id + "]")
	}
}

// fromAPI reports whether the API itself wrote the error, and not a proxy.
func (e *Error) fromAPI() bool { return e.Code != 0 || e.Type != "" || e.DialogTraceID != "" }

// Unwrap gives the fault beneath, so that errors.Is finds context.Canceled.
func (e *Error) Unwrap() error { return e.Err }

// NotFound reports whether the API itself says that the object does not exist. A
// bare 404 is not enough: a proxy may have sent it.
func (e *Error) NotFound() bool {
	return e.saysMissing() || strings.Contains(strings.ToLower(e.Message), "does not exist")
}

// saysMissing reports whether the API's code says that the object does not exist.
func (e *Error) saysMissing() bool {
	return e.Code == codeNoObject || e.Code == codeNoAlias || e.Subcode == codeNoObject || e.Code == codeNoResource
}

// OfAccount gives an error its cause where the path names nothing but what the
// account has: an address, a phone number, an app. That it does not exist, or that
// the key may not use it (the Graph API has one code for both), says nothing of the
// file.
//
// It goes by the code, since a text may repeat the file's name, and by the status
// where the API wrote the answer. A gateway's 404, as while its routes are replaced,
// says nothing of either and passes.
func OfAccount(err error) error {
	var e *Error
	if !errors.As(err, &e) || !e.saysMissing() && e.Status != http.StatusNotFound {
		return err
	}
	account := *e
	account.Cause = CauseAuth
	if !e.saysMissing() && !e.fromAPI() {
		account.Cause = CauseTemporary
	}
	return &account
}

// CauseOf is the cause of an error of this package, and CauseTemporary for any other.
func CauseOf(err error) Cause {
	var e *Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return CauseTemporary
}
