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

// linkHost is Meta's host for media. The client is to put the API's in its place.
const linkHost = "https://lookaside.fbsbx.com"

func (s *Server) mediaInfo(w http.ResponseWriter, r *http.Request, who *account) {
	if !s.mayAsk(who) {
		gatewayError(w, http.StatusBadRequest, rateLimitText)
		return
	}
	id := r.URL.Path[1:]
	object, ok := s.find(who, id)
	if !ok {
		s.askedInVain(who)
		noObject(w, r, id)
		return
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string]any{
		"url":               s.link(object),
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

// link is signed over its object and its end.
func (s *Server) link(object *mediaObject) string {
	end := strconv.FormatInt(s.now().Add(linkLifetime).Unix(), 10)
	return linkHost + attachmentsPath + "?mid=" + string(object.id) + "&source=getMedia&ext=" + end +
		"&hash=" + s.sign(string(object.id)+" "+end)
}

// download answers 404 for a link that has ended or was altered, as Meta says of
// its media links.
func (s *Server) download(w http.ResponseWriter, r *http.Request, who *account) {
	query := r.URL.Query()
	object, ok := s.find(who, query.Get("mid"))
	if !ok || !s.linkHolds(query) {
		gatewayError(w, http.StatusNotFound, "Media not found or link expired")
		return
	}
	content, err := s.files.open(object.file)
	if err != nil {
		gatewayError(w, http.StatusNotFound, "Media not found or link expired")
		return
	}
	defer content.Close()
	w.Header().Set("Content-Type", object.mediaType)
	http.ServeContent(w, r, "", time.Time{}, content)
}

func (s *Server) linkHolds(query url.Values) bool {
	end, err := strconv.ParseInt(query.Get("ext"), 10, 64)
	return err == nil && s.now().Unix() < end &&
		query.Get("hash") == s.sign(query.Get("mid")+" "+query.Get("ext"))
}
