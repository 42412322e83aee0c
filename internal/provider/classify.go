package provider

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
)

// The codes for an object that does not exist: two of the Graph API and one of the
// on-premise API.
const (
	codeNoObject   = 33
	codeNoAlias    = 803
	codeNoResource = 1006
)

// causeByCode maps the codes of the APIs to causes. Codes 200 to 299 are permissions:
// see classifyCode.
//
// Source: Cloud API error codes; temporary if the page says to try again. For the
// on-premise API, whose codes start at 1000, Meta's page of its errors.
var causeByCode = map[Integer]Cause{
	0:       CauseAuth,      // could not authenticate
	1:       CauseTemporary, // unknown, possibly a server error
	2:       CauseTemporary, // service down or overloaded
	3:       CauseAuth,      // capability or permission
	4:       CauseRate,      // app's rate limit
	10:      CauseAuth,      // permission not granted or removed
	33:      CausePermanent, // object does not exist
	100:     CausePermanent, // parameter: an unsupported type, an invalid handle
	104:     CausePermanent, // signature: the id was altered
	190:     CauseAuth,      // token expired
	368:     CauseAuth,      // blocked for policy
	803:     CausePermanent, // object does not exist
	1000:    CauseTemporary, // on-premise: generic
	1005:    CauseAuth,      // on-premise: access denied
	1006:    CausePermanent, // on-premise: resource not found
	1008:    CausePermanent, // on-premise: parameter missing
	1009:    CausePermanent, // on-premise: parameter value
	1011:    CauseTemporary, // on-premise: service not ready
	1014:    CauseTemporary, // on-premise: internal error
	1015:    CauseRate,      // on-premise: too many requests
	1016:    CauseTemporary, // on-premise: system overloaded
	80007:   CauseRate,      // business account's rate limit
	130429:  CauseRate,      // throughput
	130497:  CauseAuth,      // country restriction
	131000:  CauseTemporary, // unknown
	131005:  CauseAuth,      // permission
	131008:  CausePermanent, // parameter missing
	131009:  CausePermanent, // parameter value
	131016:  CauseTemporary, // service unavailable
	131031:  CauseAuth,      // account locked
	131051:  CausePermanent, // message type
	131052:  CausePermanent, // media download
	131053:  CausePermanent, // media upload: the content
	131057:  CauseTemporary, // maintenance
	2494100: CauseTemporary, // maintenance
}

// maxAttempts is how often a file is sent at most after a code that seldom passes.
//
// Source: Cloud API error codes, where the page says to try again and then to contact
// support.
var maxAttempts = map[int]int{1: 2, 131000: 4}

// maxAttemptsTooLarge is how often a file is sent at most if a proxy rejects it as too
// large: a wrong limit is seldom fixed soon, and each attempt sends the whole file.
const maxAttemptsTooLarge = 4

// MostAttempts returns how often a file may be sent after err, at most others, the
// number of attempts after other errors.
func MostAttempts(err error, others int) int {
	var e *Error
	switch {
	case !errors.As(err, &e):
		return others
	case e.Status == http.StatusRequestEntityTooLarge && e.Cause == CauseTemporary:
		return min(others, maxAttemptsTooLarge)
	case maxAttempts[e.Code] == 0:
		return others
	}
	return min(others, maxAttempts[e.Code])
}

// fromGateway reports whether a proxy or a gateway responded in place of the API.
func (f failure) fromGateway(e *Error) bool { return !e.fromAPI() && f.httpCode == 0 }

// accountTexts are 360dialog's messages about the account, some of which have the
// status 400.
//
// Source: docs.360dialog.com, API error message list.
var accountTexts = []string{
	"invalid api key", "invalid api_key", "has been disabled",
	"lack of payment", "endpoint is blocked", "permission denied",
}

// rateText comes with the status 400, not 429 (the same list).
const rateText = "exceeded the endpoint rate limit"

// temporaryLink matches a 131053 about the host of a link and not about the content.
var temporaryLink = regexp.MustCompile(`weblink failed with http code (429|5\d\d)`)

func classify(e *Error, f failure) Cause {
	text := strings.ToLower(e.Message + " " + e.Details)
	code, coded := integer(f.Code)
	switch {
	case strings.Contains(text, rateText):
		return CauseRate
	case coded:
		return classifyCode(code, f.Transient, text, e.Status)
	case e.Type == "OffsetInvalidError", e.Type == "PartialRequestError":
		return CauseOffset
	case f.retriable, f.Transient:
		return CauseTemporary
	case containsAny(text, accountTexts):
		return CauseAuth
	case e.Status == http.StatusRequestEntityTooLarge && f.fromGateway(e):
		// Files that are too large for the API are not sent, so a proxy has a wrong
		// limit: the file is not at fault.
		return CauseTemporary
	case e.Status/100 == 2 && f.httpCode != 0:
		return classifyStatus(int(f.httpCode))
	}
	return classifyStatus(e.Status)
}

func classifyCode(code Integer, transient bool, text string, status int) Cause {
	known, ok := causeByCode[code]
	switch {
	case code == 131053 && temporaryLink.MatchString(text):
		return CauseTemporary
	case ok:
		return known
	case transient:
		return CauseTemporary
	case code >= 200 && code <= 299:
		return CauseAuth
	case status/100 == 2, status == 0:
		// A code without a status of failure, as in a webhook, is permanent.
		return CausePermanent
	}
	return classifyStatus(status)
}

func classifyStatus(status int) Cause {
	switch status {
	case http.StatusTooManyRequests:
		return CauseRate
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusProxyAuthRequired:
		return CauseAuth
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return CauseTemporary
	}
	switch status / 100 {
	case 3:
		// The redirect was not followed, so the address of the channel is wrong.
		return CauseAuth
	case 4:
		return CausePermanent
	}
	return CauseTemporary
}

func containsAny(text string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
