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

// asked is one field of a request: what the API does with it, or without it. The
// pages' short names are those of documents_test.go.
type asked struct {
	page, operation, field, as string
	reply                      reply
	status                     int
}

// TestDocumentedRequests: every field of every request.
func TestDocumentedRequests(t *testing.T) {
	c := start(t, sandbox.Config{})
	for name, rows := range map[string][]asked{
		"media": askedOfMedia(c), "sessions": askedOfSessions(c), "on-premise": askedOnPremise(c),
		"Meta": askedByMeta(c), "messages": askedOfMessages(c), "handles": askedOfHandles(c),
	} {
		if len(rows) == 0 {
			t.Fatalf("%s: no rows", name)
		}
		for _, row := range rows {
			t.Run(row.page+" "+row.operation+" "+row.field+" "+row.as, func(t *testing.T) {
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

func askedOfMedia(c *client) []asked {
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
	return []asked{
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

func askedOfSessions(c *client) []asked {
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
	return []asked{
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

func askedOnPremise(c *client) []asked {
	stranger := c.as("")
	id := c.raw("image/jpeg", []byte("jpeg")).text(c.t, "media", "0", "id")
	get := func(c *client, id string) reply { return c.do(http.MethodGet, "/v1/media/"+id, nil, nil) }
	rows := []asked{
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
		rows = append(rows, asked{"OP", "POST /v1/media", "Content-Type", mediaType, c.raw(mediaType, []byte("x")), status})
	}
	return rows
}

func askedByMeta(c *client) []asked {
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
	return []asked{
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

// askedOfMessages: a message of each form that "Media messages" shows.
func askedOfMessages(c *client) []asked {
	id := c.upload("image/png", []byte("png")).text(c.t, "id")
	volume := c.raw("image/png", []byte("png")).text(c.t, "media", "0", "id")
	v2 := func(rest string) reply {
		return c.post("/messages", `{"messaging_product":"whatsapp",`+strings.ReplaceAll(rest, "ID", id)+`}`)
	}
	v1 := func(rest string) reply { return c.post("/v1/messages", `{`+strings.ReplaceAll(rest, "ID", volume)+`}`) }
	const head = `"recipient_type":"individual","to":"49151",`
	return []asked{
		{"MM", "POST /messages", "messaging_product", "missing", c.post("/messages", `{"to":"49151","type":"image","image":{"id":"`+id+`"}}`), 400},
		{"MM", "POST /messages", "recipient_type", "individual", v2(head + `"type":"image","image":{"id":"ID"}`), 200},
		{"MM", "POST /messages", "recipient_type", "another", v2(`"recipient_type":"crowd","to":"49151","type":"image","image":{"id":"ID"}`), 400},
		{"MM", "POST /messages", "to", "missing", v2(`"type":"image","image":{"id":"ID"}`), 400},
		{"MM", "POST /messages", "type", "none of media", v2(head + `"type":"text","text":{"body":"Hello"}`), 400},
		{"MM", "POST /messages", "image.link", "there", v2(head + `"type":"image","image":{"link":"https://IMAGE_URL"}`), 200},
		{"MM", "POST /messages", "image.id", "there", v2(head + `"type":"image","image":{"id":"ID"}`), 200},
		{"MM", "POST /messages", "image.id", "that is not known", v2(head + `"type":"image","image":{"id":"4711"}`), 400},
		{"MM", "POST /messages", "image.id, image.link", "both", v2(head + `"type":"image","image":{"id":"ID","link":"https://IMAGE_URL"}`), 400},
		{"MM", "POST /messages", "image.id, image.link", "neither", v2(head + `"type":"image","image":{}`), 400},
		{"MM", "POST /messages", "video.id", "of a picture: taken, and not delivered", v2(head + `"type":"video","video":{"id":"ID"}`), 200},
		{"OP", "POST /v1/messages", "D360-API-KEY", "missing", c.as("").post("/v1/messages", `{}`), 401},
		{"OP", "POST /v1/messages", "to", "missing", v1(`"type":"image","image":{"id":"ID"}`), 400},
		{"OP", "POST /v1/messages", "recipient_type", "another", v1(`"recipient_type":"crowd","to":"49151","type":"image","image":{"id":"ID"}`), 400},
		{"OP", "POST /v1/messages", "type", "none of media", v1(head + `"type":"contact"`), 400},
		{"OP", "POST /v1/messages", "image.id", "of the other API", c.post("/v1/messages", `{`+head+`"type":"image","image":{"id":"`+id+`"}}`), 400},
		{"OP", "POST /v1/messages", "image.caption", "there", v1(head + `"type":"image","image":{"id":"ID","caption":"your-image-caption"}`), 201},
		{"OP", "POST /v1/messages", "video.caption", "there", v1(head + `"type":"video","video":{"id":"ID","caption":"your-video-caption"}`), 201},
		{"MM", "POST /v1/messages", "audio.id", "there", v1(head + `"type":"audio","audio":{"id":"ID"}`), 201},
		{"MM", "POST /v1/messages", "document.filename", "there", v1(head + `"type":"document","document":{"id":"ID","caption":"c","filename":"f.pdf"}`), 201},
		{"MM", "POST /v1/messages", "document.link", "there", v1(head + `"type":"document","document":{"link":"https://the-url.pdf","caption":"c"}`), 201},
		{"MM", "POST /v1/messages", "image.provider.name", "there", v1(head + `"type":"image","image":{"link":"https://the-url","provider":{"name":"p"},"caption":"c"}`), 201},
		{"MM", "POST /v1/messages", "sticker.id", "there", v1(head + `"type":"sticker","sticker":{"id":"ID"}`), 201},
		{"MM", "POST /v1/messages", "sticker.link", "there", v1(head + `"type":"sticker","sticker":{"link":"https://the-url"}`), 201},
	}
}

func askedOfHandles(c *client) []asked {
	handle := c.send(c.session(3, "image/png"), 0, []byte("png")).text(c.t, "h")
	mediaID := c.upload("image/png", []byte("png")).text(c.t, "id")
	profile := func(fields string) reply { return c.post("/whatsapp_business_profile", fields) }
	template := func(head, sample string) reply {
		return c.post("/v1/configs/templates", `{`+head+`"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":[`+sample+`]}}]}`)
	}
	const head = `"name":"summer","category":"MARKETING","language":"en",`
	return []asked{
		{"HU", "POST /whatsapp_business_profile", "messaging_product", "missing", profile(`{"profile_picture_handle":"` + handle + `"}`), 400},
		{"HU", "POST /whatsapp_business_profile", "profile_picture_handle", "a media ID", profile(`{"messaging_product":"whatsapp","profile_picture_handle":"` + mediaID + `"}`), 422},
		{"HU", "POST /v1/configs/templates", "name", "missing", template(`"category":"MARKETING","language":"en",`, `"`+handle+`"`), 400},
		{"HU", "POST /v1/configs/templates", "category", "missing", template(`"name":"a","language":"en",`, `"`+handle+`"`), 400},
		{"HU", "POST /v1/configs/templates", "language", "missing", template(`"name":"a","category":"MARKETING",`, `"`+handle+`"`), 400},
		{"HU", "POST /v1/configs/templates", "components", "missing", c.post("/v1/configs/templates", `{`+head+`"x":1}`), 400},
		{"HU", "POST /v1/configs/templates", "header_handle", "a media ID", template(head, `"`+mediaID+`"`), 400},
		{"HU", "POST /v1/configs/templates", "header_handle", "missing", template(head, ``), 400},
		{"HU", "POST /v1/configs/templates", "header_handle", "there", template(head, `"`+handle+`"`), 201},
	}
}

// An unfinished body is no media object, in any of the APIs.
func TestABodyThatIsCutIsNotKept(t *testing.T) {
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
	if kept := c.s.AllMedia(); len(kept) != 0 {
		t.Errorf("%+v is kept", kept)
	}
}
