package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// linkLifetime: "the link will only remain valid for 5 minutes" ("Download Media").
const linkLifetime = 5 * time.Minute

// linkHost is Meta's host for media. 360dialog's clients must replace it by the API's.
const linkHost = "https://lookaside.fbsbx.com"

// mediaInfo answers GET /{media-id}.
func (s *Server) mediaInfo(w http.ResponseWriter, r *request) {
	if !s.mayRetrieve(r.account) {
		writeRateLimited(w, r)
		return
	}
	object, ok := s.find(r, r.id)
	if !ok {
		s.countFailedRetrieval(r.account)
		writeNotFound(w, r, r.id)
		return
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string]any{
		"url":               s.link(r, object),
		"mime_type":         object.mediaType,
		"sha256":            object.sha256,
		"file_size":         object.size,
		"id":                object.id,
		"messaging_product": "whatsapp",
	})
	// The API escapes the slashes of the path in JSON.
	escaped := bytes.ReplaceAll([]byte(attachmentsPath), []byte("/"), []byte(`\/`))
	writeBody(w, http.StatusOK, bytes.Replace(body.Bytes(), []byte(attachmentsPath), escaped, 1))
}

// link returns a download link, with a signature over the object and its expiry. That of
// the Cloud API points to the sandbox, which cannot serve Meta's host.
func (s *Server) link(r *request, object *mediaObject) string {
	host := linkHost
	if r.api == cloudAPI {
		host = "http://" + r.Host
	}
	expiry := strconv.FormatInt(s.now().Add(linkLifetime).Unix(), 10)
	return host + attachmentsPath + "?mid=" + string(object.id) + "&source=getMedia&ext=" + expiry +
		"&hash=" + s.sign(string(object.id)+" "+expiry)
}

// download answers 404 for a link that has expired or was altered, as Meta's pages say.
func (s *Server) download(w http.ResponseWriter, r *request) {
	query := r.URL.Query()
	object, ok := s.find(r, query.Get("mid"))
	if !ok || !s.isValidLink(query) || !s.serveContent(w, r, object) {
		s.rejectLink(w, r)
	}
}

func (s *Server) rejectLink(w http.ResponseWriter, r *request) {
	if r.api == cloudAPI {
		// Meta's media host is not an API: its errors have no body.
		w.WriteHeader(http.StatusNotFound)
		return
	}
	writeGatewayError(w, http.StatusNotFound, "Media not found or link expired")
}

// serveContent answers with an object's bytes; it returns false if they were evicted.
func (s *Server) serveContent(w http.ResponseWriter, r *request, object *mediaObject) bool {
	content, err := s.files.Open(object.file)
	if err != nil {
		return false
	}
	defer content.Close()
	w.Header().Set("Content-Type", object.mediaType)
	http.ServeContent(w, r.Request, "", time.Time{}, content)
	return true
}

func (s *Server) isValidLink(query url.Values) bool {
	expiry, err := strconv.ParseInt(query.Get("ext"), 10, 64)
	return err == nil && s.now().Unix() < expiry &&
		query.Get("hash") == s.sign(query.Get("mid")+" "+query.Get("ext"))
}
