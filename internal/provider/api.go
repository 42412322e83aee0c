package provider

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// APIConfig says where an API is and what authorises a request.
type APIConfig struct {
	// BaseURL is the scheme, the host and an optional path, as CheckBaseURL takes it.
	BaseURL string
	// HTTPClient sends the requests; NewHTTPClient's where it is nil. Redirects
	// are followed as FollowAtHome says, whatever it says.
	HTTPClient *http.Client
	// Header carries the key, after Scheme ("Bearer") where there is one.
	Header string
	Scheme string
	Key    Secret
}

// API sends single requests to one account of one API. It is safe for use by
// several goroutines. The key sits in a closure, where printing cannot reach it.
type API struct {
	base      string
	http      *http.Client
	authorize func(http.Header)
	redact    func(string) string
	unusable  error
}

// Request is one request. Its texts never hold a secret but in Path.
type Request struct {
	// Op names the request in errors, such as "POST /media".
	Op     string
	Method string
	// Path begins with a slash, may hold a query, and is sent byte for byte.
	Path   string
	Header http.Header
	// Body gives exactly Length bytes; nil for none. A Read that waits must return
	// when the request's context ends, and an io.Closer's when it is closed, which
	// says that the request has ended.
	Body   io.Reader
	Length int64
	// Creates says that a lost answer may leave an object behind: failures after
	// the last byte are then ambiguous and not temporary.
	Creates bool
}

// PostJSON is a request that creates something and carries JSON.
func PostJSON(op, path string, body []byte) Request {
	return Request{
		Op: op, Method: http.MethodPost, Path: path, Creates: true,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   bytes.NewReader(body), Length: int64(len(body)),
	}
}

// Answer is the JSON of a success.
type Answer interface {
	// Complete reports whether the fields are there without which it is none.
	Complete() bool
}

// userAgent names the client software, as Meta's "Media Upload API" asks.
const userAgent = "mediarelay"

// NewAPI makes an API. A config that cannot be used makes every request fail
// with CauseAuth; CheckBaseURL tells beforehand.
func NewAPI(c APIConfig) *API {
	client := NewHTTPClient()
	if c.HTTPClient != nil {
		shallow := *c.HTTPClient
		client = &shallow
		client.CheckRedirect = FollowAtHome
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

// Call sends r and reads a JSON answer.
func (a *API) Call(ctx context.Context, r Request, into Answer) error {
	resp, err := a.Open(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := readAnswer(resp.Body)
	if err == nil && json.Unmarshal(body, into) == nil && into.Complete() {
		return nil
	}
	return a.misread(r, resp, body)
}

// Open sends r and gives a successful answer with its body, which the caller
// closes. Any other answer is an *Error.
func (a *API) Open(ctx context.Context, r Request) (*http.Response, error) {
	ctx, stop := context.WithCancelCause(ctx)
	req, out, err := a.request(ctx, r, stop)
	if err != nil {
		stop(nil)
		return nil, &Error{Op: r.Op, Cause: CauseAuth, Err: err}
	}
	resp, err := a.http.Do(req)
	_ = out.Close()
	if err != nil {
		defer stop(nil)
		return nil, a.lost(ctx, r, out, err)
	}
	resp.Body = &incoming{from: resp.Body, ctx: ctx, stop: stop}
	if resp.StatusCode/100 == 2 && out.drained() {
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		return nil, a.hasty(r, resp)
	}
	return nil, a.refused(r, resp, out)
}

func (a *API) request(ctx context.Context, r Request, stop context.CancelCauseFunc) (*http.Request, *outgoing, error) {
	if a.unusable != nil {
		return nil, nil, a.unusable
	}
	out := newOutgoing(http.NoBody, 0, stop)
	req, err := http.NewRequestWithContext(ctx, r.Method, a.base+r.Path, http.NoBody)
	if err != nil || !byteForByte(req.URL, a.base, r.Path) {
		// The parser's own error would repeat the URL.
		return nil, nil, errors.New("the path cannot be sent byte for byte")
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	req.Header.Set("User-Agent", userAgent)
	a.authorize(req.Header)
	if r.Body != nil && r.Length > 0 {
		out = newOutgoing(r.Body, r.Length, stop)
		req.Body, req.ContentLength = out, r.Length
	}
	return req, out, nil
}

// byteForByte tells whether net/url would send what was given. A session id
// carries a signature over its own bytes; one that was escaped is refused.
func byteForByte(u *url.URL, base, path string) bool {
	parsed, err := url.Parse(base)
	return err == nil && u.RequestURI() == parsed.EscapedPath()+path
}

// refused reads an answer that is no success.
func (a *API) refused(r Request, resp *http.Response, out *outgoing) error {
	body, _ := readAnswer(resp.Body)
	e := a.parse(r, resp, body)
	if to, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
		e.Foreign = true // to where is no word of the API's
		e.Message = "a redirect to " + to.Host + " is not followed: only reads are, and at their own host, so that the key reaches no other"
	}
	if r.Creates && out.drained() && resp.StatusCode >= 500 && !spoken(e) {
		// A gateway's page does not say what the API behind it did.
		e.Cause = CauseAmbiguous
	}
	return e
}

// hasty is for a success before the API had the whole body: what it may have made
// is not the file.
func (a *API) hasty(r Request, resp *http.Response) error {
	body, _ := readAnswer(resp.Body)
	e := a.misread(r, resp, body)
	if !spoken(e) {
		e.Message = "the answer came before the whole body was sent"
	}
	return e
}

// misread is for a success whose body is not what it should be: it may still be
// an error in the API's own words.
func (a *API) misread(r Request, resp *http.Response, body []byte) *Error {
	e := a.parse(r, resp, body)
	if r.Creates && !spoken(e) {
		e.Cause = CauseAmbiguous
	}
	return e
}

func (a *API) parse(r Request, resp *http.Response, body []byte) *Error {
	// Before the texts are cut, which might leave half a key, and once more after
	// the JSON's escapes are gone.
	e := ParseError(resp.StatusCode, resp.Header, []byte(a.redact(string(body))))
	e.Op = r.Op
	e.Message, e.Details = a.redact(e.Message), a.redact(e.Details)
	return e
}

// spoken tells whether the API itself wrote the error.
func spoken(e *Error) bool { return e.Code != 0 || e.Type != "" || e.DialogTraceID != "" }

// lost is for a request that got no answer.
func (a *API) lost(ctx context.Context, r Request, out *outgoing, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the URL, which may hold a signature
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	e := &Error{Op: r.Op, Cause: CauseTemporary, Err: err}
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate), errors.Is(err, ErrNotHTTPS):
		e.Cause = CauseAuth
	case r.Creates && out.drained():
		e.Cause = CauseAmbiguous
	}
	return e
}
