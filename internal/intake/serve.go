package intake

import (
	"net/http"
	"regexp"
	"strings"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// uploadPath is the only form that reaches tusd, which takes any path for an
// ID: a decoded "..%2F" would climb out of the store.
var uploadPath = regexp.MustCompile(`^/files/([0-9a-f]{32})$`)

// ServeHTTP answers tus requests. Errors are problem JSON, never tusd's text.
func (i *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The override would turn an authorised POST into another method behind us.
	r.Header.Del("X-HTTP-Method-Override")
	a := &answer{ResponseWriter: w, request: r, intake: i}
	switch {
	case r.Method == http.MethodOptions:
		i.tus.ServeHTTP(a, r)
		a.end()
	case r.URL.Path == "/files" || r.URL.Path == basePath:
		i.serveCreation(a, r)
	default:
		i.serveUpload(a, r)
	}
}

func (i *Intake) serveCreation(a *answer, r *http.Request) {
	a.allowed = "POST, OPTIONS"
	if r.Method != http.MethodPost {
		a.refuse(problem.MethodNotAllowed())
		return
	}
	u, err := i.newUpload(r)
	if err != nil {
		a.refuse(err)
		return
	}
	body, err := newCheckedBody(r)
	if err != nil {
		a.refuse(err)
		return
	}
	i.create(a, withChecksum(r, body), u)
}

// creationTries bounds how often a creation loses the race for its key to
// another one whose upload then is gone as well.
const creationTries = 3

// create answers with a new upload, or with the one that the key names, also
// where another request makes it at this very moment.
func (i *Intake) create(a *answer, r *http.Request, u library.Upload) {
	for range creationTries {
		a.dismiss()
		if i.answerRepeated(a, r, u) {
			return
		}
		a.access = &access{upload: u, decided: true}
		i.serveTus(a, r.WithContext(withCreation(r.Context(), u)), basePath)
		if a.code() != errKeyTaken.ErrorCode {
			break
		}
	}
	a.end()
}

func (i *Intake) serveUpload(a *answer, r *http.Request) {
	a.allowed = "HEAD, PATCH, DELETE, OPTIONS"
	match := uploadPath.FindStringSubmatch(r.URL.Path)
	if match == nil {
		a.refuse(problem.NotFound())
		return
	}
	claims, err := claimsOf(r)
	if err != nil {
		a.refuse(err)
		return
	}
	a.access = &access{uploads: i.config.Uploads, channel: claims.Channel, id: match[1]}
	body, err := newCheckedBody(r)
	if err != nil {
		a.refuseChecked(err)
		return
	}
	r = r.WithContext(withAccess(r.Context(), a.access))
	i.serveTus(a, withChecksum(r, body), r.URL.Path)
	a.end()
}

// serveTus hands a request to tusd under its plain path, so that no encoding of
// the path means one thing here and another there.
func (i *Intake) serveTus(a *answer, r *http.Request, path string) {
	plain := *r.URL
	plain.Path, plain.RawPath = path, ""
	inner := r.WithContext(r.Context())
	inner.URL = &plain
	inner.Body = newRateReader(r.Body, i.config.RateWindow)
	i.tus.ServeHTTP(a, inner)
}

// claimsOf returns the caller's claims. Their scope was checked before.
func claimsOf(r *http.Request) (auth.Claims, error) {
	claims, ok := auth.FromContext(r.Context())
	if !ok {
		return claims, problem.Unauthorized("Send a token in the Authorization header.")
	}
	return claims, nil
}

// location is the URL of an upload as tusd writes it at creation.
func (i *Intake) location(r *http.Request, id string) string {
	if i.config.PublicURL != "" {
		return strings.TrimSuffix(i.config.PublicURL, "/") + basePath + id
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + basePath + id
}
