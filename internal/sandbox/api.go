package sandbox

import (
	"net/http"
	"strings"
)

// api is one of the emulated APIs. It determines authentication and the form of errors.
type api int

const (
	dialog360 api = iota // waba-v2 of 360dialog
	cloudAPI             // Meta's own
	onPremise            // the on-premise API that 360dialog hosts
)

// request is a request to one of the APIs.
type request struct {
	*http.Request
	api     api
	account *account
	// resumable is set for requests of the Resumable Upload API.
	resumable bool
	// id, phone and app come from the path; empty if it has none.
	id, phone, app string
}

// apiOf guesses the API by the header with the key, for paths that two APIs share.
func apiOf(r *http.Request) api {
	if r.Header.Get("Authorization") != "" {
		return cloudAPI
	}
	return dialog360
}

// authorize calls serve for requests with a known key in the header of their API. 360dialog
// ignores an Authorization header, so it refuses Meta's token like a missing key.
func (s *Server) authorize(q *request, serve func(*Server, http.ResponseWriter, *request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q.Request = r
		account, known := s.accounts[q.key()]
		switch {
		case !known:
			writeUnauthorized(w, q)
		case !account.owns(q):
			drain(r.Body)
			writeNotFound(w, q, q.phone+q.app)
		default:
			q.account = account
			serve(s, w, q)
		}
	}
}

// key returns the request's key; empty if there is none. Meta's pages use the scheme
// "OAuth" for the Resumable Upload API and "Bearer" for everything else. None says that
// the other scheme is accepted, so it is not.
func (q *request) key() string {
	if q.api != cloudAPI {
		return q.Header.Get("D360-API-KEY")
	}
	scheme := "Bearer "
	if q.resumable {
		scheme = "OAuth "
	}
	token, ok := strings.CutPrefix(q.Header.Get("Authorization"), scheme)
	if !ok {
		return ""
	}
	return token
}

// owns reports whether the IDs in path and query are those of the account.
func (a *account) owns(q *request) bool {
	queried := q.URL.Query().Get("phone_number_id")
	return (q.phone == "" || q.phone == a.PhoneNumberID) && (q.app == "" || q.app == a.AppID) &&
		(q.api != cloudAPI || queried == "" || queried == a.PhoneNumberID)
}

func writeUnauthorized(w http.ResponseWriter, q *request) {
	if q.api == cloudAPI {
		writeGraphError(w, http.StatusUnauthorized, graphError{Code: 190, Message: "Invalid OAuth access token - Cannot parse access token"})
		return
	}
	writeGatewayError(w, http.StatusUnauthorized, "Invalid api_key")
}

// writeRateLimited answers like 360dialog with status 400, like Meta with code 4.
func writeRateLimited(w http.ResponseWriter, q *request) {
	if q.api == cloudAPI {
		writeGraphError(w, http.StatusTooManyRequests, graphError{Code: 4, Message: "(#4) Application request limit reached", Transient: true})
		return
	}
	writeGatewayError(w, http.StatusBadRequest, rateLimitText)
}

// writeInternalError answers if the sandbox cannot store the bytes.
func writeInternalError(w http.ResponseWriter, q *request) {
	switch q.api {
	case cloudAPI:
		writeGraphError(w, http.StatusInternalServerError, graphError{Code: 2, Message: "(#2) Service temporarily unavailable", Transient: true})
	case onPremise:
		writeOnPremiseError(w, http.StatusInternalServerError, 1014, "Internal error", "The file could not be stored.")
	default:
		writeGatewayError(w, http.StatusInternalServerError, "Internal server error")
	}
}

// writeParameterError answers an invalid request.
func writeParameterError(w http.ResponseWriter, q *request, message string) {
	if q.api == onPremise {
		writeOnPremiseError(w, http.StatusBadRequest, 1009, "Parameter value is not valid", message)
		return
	}
	writeGraphError(w, http.StatusBadRequest, graphError{Code: 100, Message: "(#100) " + message})
}

// writeNotFound answers for an ID that is unknown or belongs to another account.
func writeNotFound(w http.ResponseWriter, q *request, id string) {
	if q.api == onPremise {
		writeOnPremiseError(w, http.StatusNotFound, 1006, "Resource not found", "Media '"+id+"' does not exist.")
		return
	}
	writeGraphError(w, http.StatusBadRequest, graphError{
		Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: "Unsupported " + strings.ToLower(q.Method) + " request. Object with ID '" + id + "' does not exist, " +
			"cannot be loaded due to missing permissions, or does not support this operation",
	})
}

// writeUnsupported answers for a path that no operation has.
func writeUnsupported(w http.ResponseWriter, q *request) {
	writeGraphError(w, http.StatusBadRequest, graphError{
		Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: "Unsupported " + strings.ToLower(q.Method) + " request.",
	})
}
