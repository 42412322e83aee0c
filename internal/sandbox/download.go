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

// linkHost is Meta's host for media. A client of 360dialog is to put the API's in
// its place.
const linkHost = "https://lookaside.fbsbx.com"

func (s *Server) mediaInfo(w http.ResponseWriter, r *request) {
	if !s.mayAsk(r.who) {
		refuseRate(w, r)
		return
	}
	object, ok := s.find(r, r.id)
	if !ok {
		s.askedInVain(r.who)
		noObject(w, r, r.id)
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
	// The API writes the path's slashes with JSON escapes.
	escaped := bytes.ReplaceAll([]byte(attachmentsPath), []byte("/"), []byte(`\/`))
	answerText(w, http.StatusOK, bytes.Replace(body.Bytes(), []byte(attachmentsPath), escaped, 1))
}

// link is signed over its object and its end. For the Cloud API it leads to the
// sandbox itself, since Meta's host is not ours to serve.
func (s *Server) link(r *request, object *mediaObject) string {
	host := linkHost
	if r.api == cloudAPI {
		host = "http://" + r.Host
	}
	end := strconv.FormatInt(s.now().Add(linkLifetime).Unix(), 10)
	return host + attachmentsPath + "?mid=" + string(object.id) + "&source=getMedia&ext=" + end +
		"&hash=" + s.sign(string(object.id)+" "+end)
}

// download answers 404 for a link that has ended or was altered, as Meta says of
// its media links.
func (s *Server) download(w http.ResponseWriter, r *request) {
	query := r.URL.Query()
	object, ok := s.find(r, query.Get("mid"))
	if !ok || !s.linkHolds(query) || !s.serveContent(w, r, object) {
		s.refuseLink(w, r)
	}
}

func (s *Server) refuseLink(w http.ResponseWriter, r *request) {
	if r.api == cloudAPI {
		// Meta's host for media is no API: it has no words for its refusals.
		w.WriteHeader(http.StatusNotFound)
		return
	}
	gatewayError(w, http.StatusNotFound, "Media not found or link expired")
}

// serveContent reports whether the bytes are still there.
func (s *Server) serveContent(w http.ResponseWriter, r *request, object *mediaObject) bool {
	content, err := s.files.open(object.file)
	if err != nil {
		return false
	}
	defer content.Close()
	w.Header().Set("Content-Type", object.mediaType)
	http.ServeContent(w, r.Request, "", time.Time{}, content)
	return true
}

func (s *Server) linkHolds(query url.Values) bool {
	end, err := strconv.ParseInt(query.Get("ext"), 10, 64)
	return err == nil && s.now().Unix() < end &&
		query.Get("hash") == s.sign(query.Get("mid")+" "+query.Get("ext"))
}
