package sandbox

import (
	"net/http"
	"strings"
)

// dialect is one of the APIs: what lets a request in, and the words of a refusal.
type dialect int

const (
	dialog360 dialect = iota // waba-v2 of 360dialog
	cloudAPI                 // Meta's own
	onPremise                // the on-premise API that 360dialog hosts
)

// request is one request in one API's words.
type request struct {
	*http.Request
	api dialect
	who *account
	// session says that the request is of the Resumable Upload API.
	session bool
	// id, phone and app stand in the path; empty where it has none.
	id, phone, app string
}

// tokenOf tells whose key a request brings, where its path says nothing.
func tokenOf(r *http.Request) dialect {
	if r.Header.Get("Authorization") != "" {
		return cloudAPI
	}
	return dialog360
}

// letIn serves requests that carry a known key, in the header of their API.
// 360dialog takes no Authorization header: a request with Meta's own token is
// refused as one without a key.
func (s *Server) letIn(q *request, serve func(*Server, http.ResponseWriter, *request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q.Request = r
		who, known := s.accounts[q.key()]
		switch {
		case !known:
			refuseKey(w, q)
		case !who.owns(q):
			drain(r.Body)
			noObject(w, q, q.phone+q.app)
		default:
			q.who = who
			serve(s, w, q)
		}
	}
}

// key is what the request brings. Meta writes "Bearer" for everything but the
// Resumable Upload API, and "OAuth" there; that the other word would do as well
// stands on no page.
func (q *request) key() string {
	if q.api != cloudAPI {
		return q.Header.Get("D360-API-KEY")
	}
	scheme := "Bearer "
	if q.session {
		scheme = "OAuth "
	}
	token, ok := strings.CutPrefix(q.Header.Get("Authorization"), scheme)
	if !ok {
		return ""
	}
	return token
}

// owns compares what the path and the query name with the key's own number.
func (a *account) owns(q *request) bool {
	asked := q.URL.Query().Get("phone_number_id")
	return (q.phone == "" || q.phone == a.PhoneNumberID) && (q.app == "" || q.app == a.AppID) &&
		(q.api != cloudAPI || asked == "" || asked == a.PhoneNumberID)
}

func refuseKey(w http.ResponseWriter, q *request) {
	if q.api == cloudAPI {
		graphError(w, http.StatusUnauthorized, graph{Code: 190, Message: "Invalid OAuth access token - Cannot parse access token"})
		return
	}
	gatewayError(w, http.StatusUnauthorized, "Invalid api_key")
}

// refuseRate: 360dialog answers with the status 400, Meta with its code 4.
func refuseRate(w http.ResponseWriter, q *request) {
	if q.api == cloudAPI {
		graphError(w, http.StatusTooManyRequests, graph{Code: 4, Message: "(#4) Application request limit reached", Transient: true})
		return
	}
	gatewayError(w, http.StatusBadRequest, rateLimitText)
}

func ownFault(w http.ResponseWriter, q *request) {
	switch q.api {
	case cloudAPI:
		graphError(w, http.StatusInternalServerError, graph{Code: 2, Message: "(#2) Service temporarily unavailable", Transient: true})
	case onPremise:
		onPremiseError(w, http.StatusInternalServerError, 1014, "Internal error", "The file could not be stored.")
	default:
		gatewayError(w, http.StatusInternalServerError, "Internal server error")
	}
}

// parameterError is the answer to a request that the API cannot take.
func parameterError(w http.ResponseWriter, q *request, message string) {
	if q.api == onPremise {
		onPremiseError(w, http.StatusBadRequest, 1009, "Parameter value is not valid", message)
		return
	}
	graphError(w, http.StatusBadRequest, graph{Code: 100, Message: "(#100) " + message})
}

// noObject is the answer for an id that is not known, or that belongs to another
// account.
func noObject(w http.ResponseWriter, q *request, id string) {
	if q.api == onPremise {
		onPremiseError(w, http.StatusNotFound, 1006, "Resource not found", "Media '"+id+"' does not exist.")
		return
	}
	graphError(w, http.StatusBadRequest, graph{
		Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: "Unsupported " + strings.ToLower(q.Method) + " request. Object with ID '" + id + "' does not exist, " +
			"cannot be loaded due to missing permissions, or does not support this operation",
	})
}

func noOperation(w http.ResponseWriter, q *request) {
	graphError(w, http.StatusBadRequest, graph{
		Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: "Unsupported " + strings.ToLower(q.Method) + " request.",
	})
}
