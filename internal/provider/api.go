package provider

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// APIConfig is the address of an API and the key for it.
type APIConfig struct {
	// BaseURL is the scheme, the host and an optional path. See CheckBaseURL.
	BaseURL string
	// HTTPClient sends the requests; nil means NewHTTPClient. Its CheckRedirect is
	// replaced by FollowSameHost.
	HTTPClient *http.Client
	// Header is the name of the header with the key. Scheme, such as "Bearer", is
	// written before the key; it may be empty.
	Header string
	Scheme string
	Key    Secret
}

// API sends requests for one account of one API. It is safe for concurrent use.
// The key is kept in a closure, so that no print verb can reach it.
type API struct {
	base      string
	http      *http.Client
	authorize func(http.Header)
	redact    func(string) string
	unusable  error
}

// Request is one request. Only Path may contain a secret.
type Request struct {
	// Op names the request in errors, such as "POST /media".
	Op     string
	Method string
	// Path begins with a slash, may include a query, and is sent byte for byte.
	Path   string
	Header http.Header
	// Body is nil for none. It is closed when the request ends, whatever its outcome.
	// A Read of its source must return when the request's context ends.
	Body *Body
	// Creates says that the request creates an object: a failure after the last byte
	// is then ambiguous and not temporary, since the object may exist.
	Creates bool
}

// PostJSON returns a request that creates an object described by a JSON body.
func PostJSON(op, path string, body []byte) Request {
	return Request{
		Op: op, Method: http.MethodPost, Path: path, Creates: true,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   NewBody(bytes.NewReader(body), int64(len(body))),
	}
}

// Response is the JSON of a successful response.
type Response interface {
	// Complete reports whether the required fields are present.
	Complete() bool
}

// userAgent names the client software, as Meta's "Media Upload API" requires.
const userAgent = "mediarelay"

// NewAPI returns an API. If the base URL is not valid, every request fails with
// CauseAuth; check it with CheckBaseURL first.
func NewAPI(c APIConfig) *API {
	client := NewHTTPClient()
	if c.HTTPClient != nil {
		shallow := *c.HTTPClient
		client = &shallow
		client.CheckRedirect = FollowSameHost
	}
	value := strings.TrimSpace(c.Scheme + " " + c.Key.Reveal())
	return &API{
		base:      strings.TrimRight(c.BaseURL, "/"),
		http:      client,
		authorize: func(h http.Header) { h.Set(c.Header, value) },
		redact:    redactor(c.Key),
		unusable:  CheckBaseURL(c.BaseURL),
	}
}

// Call sends r and reads the JSON of the response.
func (a *API) Call(ctx context.Context, r Request, into Response) error {
	resp, err := a.Open(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := readResponse(resp.Body)
	if err == nil && json.Unmarshal(body, into) == nil && into.Complete() {
		return nil
	}
	return a.unexpected(r, resp, body)
}

// Open sends r and returns a successful response, whose body the caller closes.
// Any other response is an *Error.
func (a *API) Open(ctx context.Context, r Request) (*http.Response, error) {
	ctx, stop := context.WithCancelCause(ctx)
	resp, err := a.send(ctx, r, stop)
	if err != nil {
		defer stop(nil)
		return nil, err
	}
	resp.Body = &responseBody{from: resp.Body, ctx: ctx, stop: stop}
	if resp.StatusCode/100 == 2 && r.Body.drained() {
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		return nil, a.prematureSuccess(r, resp)
	}
	return nil, a.failed(r, resp)
}

// send returns the response to r, whatever its status. stop ends the context.
func (a *API) send(ctx context.Context, r Request, stop context.CancelCauseFunc) (*http.Response, error) {
	if r.Body != nil {
		r.Body.stalled = func() { stop(ErrStalled) }
	}
	req, err := a.request(ctx, r)
	if err != nil {
		r.Body.end()
		return nil, &Error{Op: r.Op, Cause: CauseAuth, Err: err}
	}
	resp, err := a.http.Do(req)
	r.Body.end()
	if err != nil {
		return nil, a.noResponse(ctx, r, err)
	}
	return resp, nil
}

func (a *API) request(ctx context.Context, r Request) (*http.Request, error) {
	if a.unusable != nil {
		return nil, a.unusable
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, a.base+r.Path, http.NoBody)
	if err != nil || !sentVerbatim(req.URL, a.base, r.Path) {
		// The parser's error would contain the URL.
		return nil, errors.New("the path cannot be sent byte for byte")
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	req.Header.Set("User-Agent", userAgent)
	a.authorize(req.Header)
	if r.Body.Length() > 0 {
		req.Body, req.ContentLength = r.Body, r.Body.Length()
	}
	return req, nil
}

// sentVerbatim reports whether net/url sends the path as it is given. A session id
// contains a signature of its own bytes, so the API rejects an escaped one.
func sentVerbatim(u *url.URL, base, path string) bool {
	parsed, err := url.Parse(base)
	return err == nil && u.RequestURI() == parsed.EscapedPath()+path
}

// failed returns the error of a response without a status of success.
func (a *API) failed(r Request, resp *http.Response) error {
	body, _ := readResponse(resp.Body)
	e := a.parse(r, resp, body)
	if to, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
		e.Unrecognized = true // the target is for the log only
		e.Message = "redirect to " + to.Host + " not followed: the key must not reach another host, and only reads may be repeated"
	}
	if r.Creates && r.Body.drained() && resp.StatusCode >= 500 && !e.fromAPI() {
		// A gateway's page does not say what the API behind it did.
		e.Cause = CauseAmbiguous
	}
	return e
}

// prematureSuccess returns the error of a success that came before the whole body
// was sent: what the API may have stored is not the file.
func (a *API) prematureSuccess(r Request, resp *http.Response) error {
	body, _ := readResponse(resp.Body)
	e := a.unexpected(r, resp, body)
	if !e.fromAPI() {
		e.Message = "the response came before the whole body was sent"
	}
	return e
}

// unexpected returns the error of a success without the expected JSON. The body may
// still be one of the API's errors.
func (a *API) unexpected(r Request, resp *http.Response, body []byte) *Error {
	e := a.parse(r, resp, body)
	if r.Creates && !e.fromAPI() {
		e.Cause = CauseAmbiguous
	}
	return e
}

func (a *API) parse(r Request, resp *http.Response, body []byte) *Error {
	// Redact before the texts are truncated, which might cut a key in half, and again
	// after the JSON escapes are decoded.
	e := ParseError(resp.StatusCode, resp.Header, []byte(a.redact(string(body))))
	e.Op = r.Op
	e.Message, e.Details = a.redact(e.Message), a.redact(e.Details)
	return e
}

// noResponse returns the error of a request that got no response.
func (a *API) noResponse(ctx context.Context, r Request, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the URL, which may contain a signature
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	e := &Error{Op: r.Op, Cause: CauseTemporary, Err: err}
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate), errors.Is(err, ErrNotHTTPS):
		e.Cause = CauseAuth
	case r.Creates && r.Body.drained():
		e.Cause = CauseAmbiguous
	}
	return e
}
