package intake

import (
	"net/http"
	"regexp"
	"strings"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// uploadPath is the only form of a path that reaches tusd. tusd accepts any path as an
// id, and a decoded "..%2F" would escape the store.
var uploadPath = regexp.MustCompile(`^/files/([0-9a-f]{32})$`)

// ServeHTTP serves tus requests. Errors are problem JSON, never tusd's text.
func (i *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The router has applied an override that is allowed. tusd would apply any other after
	// the request was authorized as a POST.
	r.Header.Del("X-HTTP-Method-Override")
	resp := &response{ResponseWriter: w, request: r, intake: i, access: &access{decided: true}}
	switch {
	case r.Method == http.MethodOptions:
		i.tus.ServeHTTP(resp, r)
		resp.end()
	case r.URL.Path == "/files" || r.URL.Path == basePath:
		i.serveCreation(resp, r)
	default:
		i.serveUpload(resp, r)
	}
}

func (i *Intake) serveCreation(resp *response, r *http.Request) {
	resp.allowed = "POST, OPTIONS"
	if r.Method != http.MethodPost {
		resp.refuse(problem.MethodNotAllowed())
		return
	}
	u, err := i.newUpload(r)
	if err != nil {
		resp.refuse(err)
		return
	}
	body, err := newCheckedBody(r)
	if err != nil {
		resp.refuse(err)
		return
	}
	i.create(resp, withChecksum(r, body), u)
}

// maxCreationAttempts is how often a creation is tried if it loses the race for its key
// to another one whose upload is then removed.
const maxCreationAttempts = 3

// create responds with a new upload, or with the existing one of the key, even if
// another request is creating that at the same time.
func (i *Intake) create(resp *response, r *http.Request, u library.Upload) {
	for range maxCreationAttempts {
		resp.discard()
		if i.serveRepeated(resp, r, u) || i.serveKnown(resp, r, u) {
			return
		}
		resp.access = &access{upload: u, decided: true}
		i.serveTus(resp, r.WithContext(withCreation(r.Context(), u)), basePath)
		if resp.code() != errKeyTaken.ErrorCode {
			break
		}
	}
	resp.end()
}

func (i *Intake) serveUpload(resp *response, r *http.Request) {
	resp.allowed = "HEAD, PATCH, DELETE, OPTIONS"
	match := uploadPath.FindStringSubmatch(r.URL.Path)
	if match == nil {
		resp.refuse(problem.NotFound())
		return
	}
	access, err := newAccess(i.config.Uploads, r, match[1])
	if err != nil {
		resp.refuse(err)
		return
	}
	resp.access = access
	body, err := newCheckedBody(r)
	if err != nil {
		resp.refuseChecked(err)
		return
	}
	r = r.WithContext(withAccess(r.Context(), resp.access))
	i.serveTus(resp, withChecksum(r, body), r.URL.Path)
	resp.end()
}

// serveTus passes a request to tusd with its decoded path only, so that tusd cannot
// decode the path differently.
func (i *Intake) serveTus(resp *response, r *http.Request, path string) {
	plain := *r.URL
	plain.Path, plain.RawPath = path, ""
	inner := r.WithContext(r.Context())
	inner.URL = &plain
	inner.Body = newRateReader(checkEncoding(r), i.config.RateWindow)
	i.tus.ServeHTTP(resp, inner)
}

// claimsOf returns the claims of the request's token, whose scope the router checked.
func claimsOf(r *http.Request) (auth.Claims, error) {
	claims, ok := auth.FromContext(r.Context())
	if !ok {
		return claims, problem.Unauthorized("Send the header Authorization: Bearer TOKEN.")
	}
	return claims, nil
}

// location returns the URL of an upload: relative to the request's URL unless the public
// URL is known. A forged Host header would otherwise send the client elsewhere.
func (i *Intake) location(id string) string {
	return strings.TrimSuffix(i.config.PublicURL, "/") + basePath + id
}
