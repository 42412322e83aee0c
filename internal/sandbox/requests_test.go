package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mediarelay/internal/sandbox"
)

// requestField is a field of a request and the status that the API answers. The short
// names of pages are those of documents_test.go.
type requestField struct {
	page, operation, field, value string
	reply                         reply
	status                        int
}

// TestDocumentedRequests sends every field of every request, valid, invalid and missing.
func TestDocumentedRequests(t *testing.T) {
	c := start(t, sandbox.Config{})
	for name, rows := range map[string][]requestField{
		"media": mediaRequests(c), "sessions": sessionRequests(c), "on-premise": onPremiseRequests(c),
		"Meta": metaRequests(c), "messages": messageRequests(c), "handles": handleRequests(c),
	} {
		if len(rows) == 0 {
			t.Fatalf("%s: no rows", name)
		}
		for _, row := range rows {
			t.Run(row.page+" "+row.operation+" "+row.field+" "+row.value, func(t *testing.T) {
				if row.reply.status != row.status {
					t.Errorf("HTTP %d, want %d: %s", row.reply.status, row.status, row.reply.body)
				}
			})
		}
	}
}

var whatsapp = map[string]string{"messaging_product": "whatsapp"}

func (c *client) formTo(path string, fields map[string]string, mediaType string, content []byte) reply {
	body, formType := form(fields, mediaType, content)
	return c.do(http.MethodPost, path, http.Header{"Content-Type": {formType}}, body)
}

func mediaRequests(c *client) []requestField {
	png := []byte("png")
	id := c.upload("image/png", png).text(c.t, "id")
	link := strings.TrimPrefix(c.do(http.MethodGet, "/"+id, nil, nil).text(c.t, "url"), "https://lookaside.fbsbx.com")
	without := func(field string) string {
		u, _ := url.Parse(link)
		query := u.Query()
		query.Del(field)
		return u.Path + "?" + query.Encode()
	}
	get := func(c *client, path string) reply { return c.do(http.MethodGet, path, nil, nil) }
	stranger := c.as("")
	return []requestField{
		{"MU", "POST /media", "D360-API-KEY", "missing", stranger.upload("image/png", png), 401},
		{"MU", "POST /media", "file", "there", c.formTo("/media", whatsapp, "image/png", png), 200},
		{"MU", "POST /media", "file", "missing", c.formTo("/media", whatsapp, "", nil), 400},
		{"MU", "POST /media", "string", "in place of a form", c.post("/media", `"file"`), 400},
		{"UR", "POST /media", "messaging_product", "missing", c.formTo("/media", nil, "image/png", png), 400},
		{"UR", "POST /media", "file;type", "missing", c.formTo("/media", whatsapp, "", png), 400},
		{"UR", "GET /{media-id}", "media-id", "known", get(c, "/"+id), 200},
		{"UR", "GET /{media-id}", "media-id", "unknown", get(c, "/4711"), 400},
		{"UR", "GET /{media-id}", "D360-API-KEY", "missing", get(stranger, "/"+id), 401},
		{"UR", "GET /whatsapp_business/attachments/", "D360-API-KEY", "missing", get(stranger, link), 401},
		{"UR", "GET /whatsapp_business/attachments/", "mid", "missing", get(c, without("mid")), 404},
		{"UR", "GET /whatsapp_business/attachments/", "ext", "missing", get(c, without("ext")), 404},
		{"UR", "GET /whatsapp_business/attachments/", "hash", "missing", get(c, without("hash")), 404},
		{"UR", "GET /whatsapp_business/attachments/", "source", "missing, as in the page's own table", get(c, without("source")), 200},
		{"UR", "DELETE /{media-id}", "D360-API-KEY", "missing", stranger.do(http.MethodDelete, "/"+id, nil, nil), 401},
		{"UR", "DELETE /{media-id}", "media-id", "known", c.do(http.MethodDelete, "/"+id, nil, nil), 200},
		{"UR", "DELETE /{media-id}", "media-id", "deleted", c.do(http.MethodDelete, "/"+id, nil, nil), 400},
	}
}

func sessionRequests(c *client) []requestField {
	open := func(c *client, query string) reply { return c.do(http.MethodPost, "/uploads?"+query, nil, nil) }
	send := func(id, offset string) reply {
		header := http.Header{}
		if offset != "" {
			header["file_offset"] = []string{offset}
		}
		return c.do(http.MethodPost, "/"+id, header, strings.NewReader("png"))
	}
	session := func() string { return c.session(3, "image/png") }
	stranger := c.as("")
	return []requestField{
		{"MU", "POST /uploads", "D360-API-KEY", "missing", open(stranger, "file_name=a&file_length=1&file_type=image/png"), 401},
		{"MU", "POST /uploads", "file_name", "missing", open(c, "file_length=1&file_type=image/png"), 400},
		{"MU", "POST /uploads", "file_length", "missing", open(c, "file_name=a&file_type=image/png"), 400},
		{"MU", "POST /uploads", "file_type", "missing", open(c, "file_name=a&file_length=1"), 400},
		{"MU", "GET /upload:{session_id}", "D360-API-KEY", "missing", stranger.do(http.MethodGet, "/"+session(), nil, nil), 401},
		{"MU", "GET /upload:{session_id}", "session_id", "altered", c.do(http.MethodGet, "/"+session()+"x", nil, nil), 400},
		{"MU", "POST /upload:{session_id}", "D360-API-KEY", "missing", stranger.do(http.MethodPost, "/"+session(), nil, nil), 401},
		{"MU", "POST /upload:{session_id}", "file_offset", "missing, which is 0", send(session(), ""), 200},
		{"MU", "POST /upload:{session_id}", "file_offset", "0", send(session(), "0"), 200},
		{"MU", "POST /upload:{session_id}", "file_offset", "another than the session's", send(session(), "1"), 412},
		{"RU", "POST /upload:{session_id}", "file_offset", "in the query, where it is a part of the id", send(session()+"&file_offset=0", ""), 400},
		{"MU", "POST /upload:{session_id}", "body", "cut", c.send(session(), 0, []byte("p")), 206},
		{"MU", "POST /{session_id}", "session_id", "with its prefix: the same address", send(session(), "0"), 200},
		{"MU", "POST /{session_id}", "session_id", "without its prefix", send(strings.TrimPrefix(session(), "upload:"), "0"), 400},
	}
}

func onPremiseRequests(c *client) []requestField {
	stranger := c.as("")
	id := c.raw("image/jpeg", []byte("jpeg")).text(c.t, "media", "0", "id")
	get := func(c *client, id string) reply { return c.do(http.MethodGet, "/v1/media/"+id, nil, nil) }
	rows := []requestField{
		{"OP", "POST /v1/media", "D360-API-KEY", "missing", stranger.raw("image/jpeg", []byte("jpeg")), 401},
		{"OP", "POST /v1/media", "Content-Type", "missing", c.raw("", []byte("jpeg")), 400},
		{"OP", "POST /v1/media", "Content-Type", "no media type", c.raw("jpeg/", []byte("jpeg")), 400},
		{"OP", "POST /v1/media", "body", "empty", c.raw("image/jpeg", nil), 400},
		{"OP", "POST /v1/media", "body", "64 MB", c.raw("application/pdf", make([]byte, 64<<20)), 200},
		{"OP", "POST /v1/media", "body", "64 MB and a byte", c.raw("application/pdf", make([]byte, 64<<20+1)), 400},
		{"OP", "GET /v1/media/{media_id}", "D360-API-KEY", "missing", get(stranger, id), 401},
		{"OP", "GET /v1/media/{media_id}", "media_id", "known", get(c, id), 200},
		{"OP", "GET /v1/media/{media_id}", "media_id", "unknown", get(c, "4711"), 404},
		{"OP", "DELETE /v1/media/{media_id}", "media_id", "known", c.do(http.MethodDelete, "/v1/media/"+id, nil, nil), 200},
		{"OP", "DELETE /v1/media/{media_id}", "media_id", "deleted", c.do(http.MethodDelete, "/v1/media/"+id, nil, nil), 404},
	}
	for mediaType, status := range map[string]int{
		"audio/aac": 200, "audio/mp4": 200, "audio/amr": 200, "audio/mpeg": 200, "audio/ogg; codecs=opus": 200, "audio/ogg": 400,
		"image/jpeg": 200, "image/png": 200, "image/webp": 200, "video/mp4": 200, "video/3gpp": 200,
		"text/csv": 200, "application/x-any-valid-type": 200,
	} {
		rows = append(rows, requestField{"OP", "POST /v1/media", "Content-Type", mediaType, c.raw(mediaType, []byte("x")), status})
	}
	return rows
}

func metaRequests(c *client) []requestField {
	bearer, oauth := c.meta("Bearer"), c.meta("OAuth")
	const media = "/v23.0/" + sandbox.DemoPhoneNumberID + "/media"
	const uploads = "/v23.0/" + sandbox.DemoAppID + "/uploads?file_name=a&file_length=1&file_type=image/png"
	png := []byte("png")
	upload := func(c *client, path string) reply { return c.formTo(path, whatsapp, "image/png", png) }
	agent := func(name string) reply {
		body, formType := form(whatsapp, "image/png", png)
		return bearer.do(http.MethodPost, media, http.Header{"Content-Type": {formType}, "User-Agent": {name}}, body)
	}
	id := upload(bearer, media).text(c.t, "id")
	get := func(path string) reply { return bearer.do(http.MethodGet, path, nil, nil) }
	return []requestField{
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "User-Agent", "any", agent("any"), 200},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "User-Agent", "none", agent(""), 200},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "Authorization", "missing", upload(c, media), 401},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "Authorization", "of another scheme", upload(oauth, media), 401},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "Version", "missing", upload(bearer, "/"+sandbox.DemoPhoneNumberID+"/media"), 400},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "Phone-Number-ID", "another's", upload(bearer, "/v23.0/4711/media"), 400},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "file", "missing", bearer.formTo(media, whatsapp, "", nil), 400},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "messaging_product", "missing", bearer.formTo(media, nil, "image/png", png), 400},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "application/json", "in place of a form", bearer.post(media, `{"file":"@/local/path/file.ogg;type=ogg","messaging_product":"whatsapp"}`), 400},
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", "file;type", "ogg, as in the page's example", bearer.formTo(media, whatsapp, "ogg", png), 400},
		{"CA", "GET /{Version}/{media-id}", "phone_number_id", "missing", get("/v23.0/" + id), 200},
		{"CA", "GET /{Version}/{media-id}", "phone_number_id", "another's", get("/v23.0/" + id + "?phone_number_id=4711"), 400},
		{"RU", "POST /{Version}/{app-id}/uploads", "Authorization", "OAuth", oauth.do(http.MethodPost, uploads, nil, nil), 200},
		{"RU", "POST /{Version}/{app-id}/uploads", "Authorization", "of another scheme", bearer.do(http.MethodPost, uploads, nil, nil), 401},
		{"RU", "POST /{Version}/{app-id}/uploads", "app-id", "a phone number's id", oauth.do(http.MethodPost, strings.Replace(uploads, sandbox.DemoAppID, sandbox.DemoPhoneNumberID, 1), nil, nil), 400},
	}
}

// A truncated body creates no media object in any API.
func TestTruncatedBodiesAreDiscarded(t *testing.T) {
	c := start(t, sandbox.Config{})
	for _, path := range []string{"/media", "/v1/media"} {
		c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.ResetAfter(100))
		body, formType := form(whatsapp, "image/png", bytes.Repeat([]byte("png"), 100))
		if path == "/v1/media" {
			body, formType = io.LimitReader(bytes.NewReader(make([]byte, 300)), 300), "image/png"
		}
		if _, err := c.try(http.MethodPost, path, http.Header{"Content-Type": {formType}}, body); err == nil {
			t.Errorf("%s: the connection was not reset", path)
		}
	}
	if stored := c.s.AllMedia(); len(stored) != 0 {
		t.Errorf("stored %+v, want nothing", stored)
	}
}
