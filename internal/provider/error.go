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
	// wrong, until an operator acts. It affects the whole channel. The file is not at
	// fault.
	CauseAuth Cause = "auth"
	// CauseRate: the channel must wait, at least for RetryAfter.
	CauseRate Cause = "rate"
	// CauseTemporary: a later attempt may succeed.
	CauseTemporary Cause = "temporary"
	// CauseAmbiguous: a later attempt may succeed, but the API may have stored the file.
	// Another attempt may create a second media object, which stays unused until the
	// API deletes it after Limits.MediaLifetime.
	CauseAmbiguous Cause = "ambiguous"
	// CauseOffset: the session's offset must be requested before more is sent.
	CauseOffset Cause = "offset"
	// CauseSession: the session is no longer valid; open a new one.
	CauseSession Cause = "session"
)

// Error is the error of a request. Keys, handles and signed links are redacted from its
// texts, so they may be logged and stored.
type Error struct {
	// Op is the method and the path's pattern, such as "POST /media".
	Op string
	// Status is the HTTP status; 0 if there was no response.
	Status int
	Cause  Cause

	// Code and Subcode are the API's; programs branch on Code.
	Code    int
	Subcode int
	// Type is the API's type of the error.
	Type    string
	Message string
	Details string
	// Unrecognized says that the response has none of the API's error formats, such
	// as the page of a proxy, which Message then describes.
	Unrecognized bool
	// FBTraceID and DialogTraceID identify the request to the support of Meta and of
	// 360dialog.
	FBTraceID     string
	DialogTraceID string

	// RetryAfter is how long the API asks to wait; 0 if it does not.
	RetryAfter time.Duration
	// Err is the error of the connection or of the body; nil if there was a response.
	Err error
}

// Error returns all details, for the log.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.text(e.Message, e.Details, e.Err.Error())
	}
	return e.text(e.Message, e.Details)
}

// Said returns only what the API said, for anyone who may read about the file: status,
// codes, texts and trace ids. It omits errors of the connection, which contain
// addresses of our network, and the pages of proxies.
func (e *Error) Said() string {
	switch {
	case e.Status == 0 && e.Err != nil && e.Cause == CausePermanent:
		return e.text(e.Err.Error()) // rejected by our own checks
	case e.Status == 0 && e.Err != nil:
		return e.text("no response")
	case e.Unrecognized:
		return e.text("unrecognized response")
	}
	return e.text(e.Message, e.Details)
}

func (e *Error) text(texts ...string) string {
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

// Unwrap returns Err, so that errors.Is finds context.Canceled.
func (e *Error) Unwrap() error { return e.Err }

// NotFound reports whether the API says that the object does not exist. A 404 alone is
// not enough, since a proxy may have sent it.
func (e *Error) NotFound() bool {
	return e.hasMissingCode() || strings.Contains(strings.ToLower(e.Message), "does not exist")
}

// hasMissingCode reports whether the API's code is that of an object that does not exist.
func (e *Error) hasMissingCode() bool {
	return e.Code == codeNoObject || e.Code == codeNoAlias || e.Subcode == codeNoObject || e.Code == codeNoResource
}

// AccountError corrects the cause of an error of a request whose path names only parts
// of the account: an address, a phone number or an app. If that does not exist, or the
// key may not use it (the Graph API has one code for both), the account is at fault,
// not the file.
//
// It checks the code, since a text may contain the name of the file, and the status if
// the API itself responded. A 404 of a gateway, such as while its routes are replaced,
// is temporary.
func AccountError(err error) error {
	var e *Error
	if !errors.As(err, &e) || !e.hasMissingCode() && e.Status != http.StatusNotFound {
		return err
	}
	account := *e
	account.Cause = CauseAuth
	if !e.hasMissingCode() && !e.fromAPI() {
		account.Cause = CauseTemporary
	}
	return &account
}

// CauseOf returns the cause of an *Error, and CauseTemporary for any other error.
func CauseOf(err error) Cause {
	var e *Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return CauseTemporary
}
