package sandbox_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/sandbox"
)

// The pages with which these tests compare the sandbox, field by field:
//
//	MU  360dialog, "Media Uploads", the API reference
//	UR  360dialog, "Upload, retrieve or delete media"
//	MM  360dialog, "Media messages"
//	OP  360dialog, "Media" of the on-premise API
//	CA  Meta, "Media Upload API"
//	RU  Meta, "Resumable Upload API", and published handles
//	HU  uses of a handle: "WABA Profile Info" and Meta's "Template components"

// responseField is a field of an answer and the form that its page shows.
type responseField struct {
	page, operation string
	reply           reply
	status          int
	field           string // levels separated by full stops
	form            string // regular expression for the field's JSON
}

const (
	digits = `^"\d{15,18}"$`
	hex64  = `^"[0-9a-f]{64}"$`
	text   = `^".+"$`
)

// TestDocuments compares every field of every answer with its page.
func TestDocuments(t *testing.T) {
	c := start(t, sandbox.Config{})
	for name, rows := range map[string][]responseField{
		"360dialog": responsesOf360dialog(c), "on-premise": responsesOfOnPremise(c), "Meta": responsesOfMeta(c),
		"errors": errorResponses(c), "handles": handleResponses(c),
	} {
		if len(rows) == 0 {
			t.Fatalf("%s: no rows", name)
		}
		for _, row := range rows {
			t.Run(row.page+" "+row.operation+" "+row.field, func(t *testing.T) {
				if row.reply.status != row.status {
					t.Errorf("HTTP %d, want %d: %s", row.reply.status, row.status, row.reply.body)
				}
				if got := encoded(t, row.reply, row.field); !regexp.MustCompile(row.form).MatchString(got) {
					t.Errorf("%s = %s, want %s", row.field, got, row.form)
				}
			})
		}
	}
}

func responsesOf360dialog(c *client) []responseField {
	photo := bytes.Repeat([]byte("jpeg"), 1462) // 5848 bytes, as in UR's example
	uploaded := c.upload("image/jpeg", photo)
	mediaID := uploaded.text(c.t, "id")
	info := c.do(http.MethodGet, "/"+mediaID, nil, nil)

	opened := c.do(http.MethodPost, "/uploads?file_name=a.png&file_length=10&file_type=image%2Fpng", nil, nil)
	session := opened.text(c.t, "id")
	part := c.send(session, 0, []byte("01234"))
	status := c.do(http.MethodGet, "/"+session, nil, nil)
	wrongOffset := c.send(session, 9, []byte("9"))
	finished := c.send(session, 5, []byte("56789"))

	message := c.post("/messages",
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"4915112345678","type":"image","image":{"id":"`+mediaID+`"}}`)
	deleted := c.do(http.MethodDelete, "/"+mediaID, nil, nil)
	return []responseField{
		{"MU", "POST /media", uploaded, 200, "id", digits},
		{"UR", "GET /{media-id}", info, 200, "url", `^"https://lookaside\.fbsbx\.com\\/whatsapp_business\\/attachments\\/\?mid=\d+&source=getMedia&ext=\d{10}&hash=[\w-]+"$`},
		{"UR", "GET /{media-id}", info, 200, "mime_type", `^"image/jpeg"$`},
		{"UR", "GET /{media-id}", info, 200, "sha256", hex64},
		{"UR", "GET /{media-id}", info, 200, "file_size", `^5848$`},
		{"UR", "GET /{media-id}", info, 200, "id", digits},
		{"UR", "GET /{media-id}", info, 200, "messaging_product", `^"whatsapp"$`},
		{"UR", "DELETE /{media-id}", deleted, 200, "success", `^true$`},

		{"MU", "POST /uploads", opened, 200, "id", `^"upload:[A-Za-z0-9+/]+=*\?sig=[\w-]+"$`},
		{"MU", "GET /upload:{session_id}", status, 200, "id", `^"upload:`},
		{"MU", "GET /upload:{session_id}", status, 200, "file_offset", `^5$`},
		{"MU", "POST /upload:{session_id}", finished, 200, "h", `^"4:[\w+/=]*:[\w+/=]+:[\w-]+:e:\d{10}:\d+:\d+:[\w-]+"$`},
		{"RU", "POST /upload:{session_id}, a part", part, 206, "debug_info.type", `^"PartialRequestError"$`},
		{"RU", "POST /upload:{session_id}, wrong offset", wrongOffset, 412, "debug_info.type", `^"OffsetInvalidError"$`},
		{"RU", "POST /upload:{session_id}, wrong offset", wrongOffset, 412, "debug_info.retriable", `^true$`},

		{"MM", "POST /messages", message, 200, "messaging_product", `^"whatsapp"$`},
		{"MM", "POST /messages", message, 200, "contacts.0.wa_id", `^"4915112345678"$`},
		{"MM", "POST /messages", message, 200, "messages.0.id", `^"wamid\.`},
	}
}

func responsesOfOnPremise(c *client) []responseField {
	uploaded := c.raw("image/jpeg", []byte("jpeg"))
	mediaID := uploaded.text(c.t, "media", "0", "id")
	message := c.post("/v1/messages",
		`{"recipient_type":"individual","to":"4915112345678","type":"image","image":{"id":"`+mediaID+`","caption":"your-image-caption"}}`)
	const uuid = `^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$`
	missing := c.do(http.MethodGet, "/v1/media/4711", nil, nil)
	return []responseField{
		{"OP", "POST /v1/media", uploaded, 200, "media.0.id", uuid},
		{"OP", "POST /v1/messages", message, 201, "messages.0.id", text},
		{"OP", "POST /v1/messages", message, 201, "meta.api_status", `^"stable"$`},
		{"OP", "POST /v1/messages", message, 201, "meta.version", `^"2\.35\.4"$`},
		{"OP", "GET /v1/media/{media_id}, unknown", missing, 404, "errors.0.code", `^1006$`},
		{"OP", "GET /v1/media/{media_id}, unknown", missing, 404, "errors.0.title", `^"Resource not found"$`},
		{"OP", "GET /v1/media/{media_id}, unknown", missing, 404, "errors.0.details", text},
	}
}

func responsesOfMeta(c *client) []responseField {
	bearer, oauth := c.meta("Bearer"), c.meta("OAuth")
	body, formType := form(map[string]string{"messaging_product": "whatsapp"}, "image/png", []byte("png"))
	uploaded := bearer.do(http.MethodPost, "/v23.0/"+sandbox.DemoPhoneNumberID+"/media", http.Header{"Content-Type": {formType}}, body)
	mediaID := uploaded.text(c.t, "id")
	info := bearer.do(http.MethodGet, "/v23.0/"+mediaID+"?phone_number_id="+sandbox.DemoPhoneNumberID, nil, nil)
	opened := oauth.do(http.MethodPost, "/v23.0/"+sandbox.DemoAppID+"/uploads?file_name=a.png&file_length=3&file_type=image%2Fpng", nil, nil)
	session := "/v23.0/" + opened.text(c.t, "id")
	status := oauth.do(http.MethodGet, session, nil, nil)
	finished := oauth.do(http.MethodPost, session, http.Header{"file_offset": {"0"}}, strings.NewReader("png"))
	message := bearer.post("/v23.0/"+sandbox.DemoPhoneNumberID+"/messages",
		`{"messaging_product":"whatsapp","to":"4915112345678","type":"image","image":{"id":"`+mediaID+`"}}`)
	deleted := bearer.do(http.MethodDelete, "/v23.0/"+mediaID, nil, nil)
	wrongToken := bearer.as("wrong").do(http.MethodGet, "/v23.0/"+mediaID, nil, nil)
	return []responseField{
		{"CA", "POST /{Version}/{Phone-Number-ID}/media", uploaded, 200, "id", digits},
		{"CA", "GET /{Version}/{media-id}", info, 200, "url", `^"http://127\.0\.0\.1:\d+\\/whatsapp_business\\/attachments\\/\?mid=\d+&source=getMedia&ext=\d{10}&hash=[\w-]+"$`},
		{"CA", "GET /{Version}/{media-id}", info, 200, "sha256", hex64},
		{"CA", "DELETE /{Version}/{media-id}", deleted, 200, "success", `^true$`},
		{"CA", "POST /{Version}/{Phone-Number-ID}/messages", message, 200, "messages.0.id", `^"wamid\.`},
		{"RU", "POST /{Version}/{app-id}/uploads", opened, 200, "id", `^"upload:[A-Za-z0-9+/]+=*\?sig=[\w-]+"$`},
		{"RU", "GET /{Version}/upload:{session}", status, 200, "file_offset", `^0$`},
		{"RU", "POST /{Version}/upload:{session}", finished, 200, "h", `^"4:`},
		{"CA", "any, a wrong token", wrongToken, 401, "error.code", `^190$`},
		{"CA", "any, a wrong token", wrongToken, 401, "error.type", `^"OAuthException"$`},
	}
}

func errorResponses(c *client) []responseField {
	missing := c.do(http.MethodGet, "/4711", nil, nil)
	badType := c.upload("application/octet-stream", []byte("jpeg"))
	badKey := c.as("wrong").upload("image/jpeg", []byte("jpeg"))
	return []responseField{
		{"UR", "GET /{media-id}, unknown", missing, 400, "error.code", `^100$`},
		{"UR", "GET /{media-id}, unknown", missing, 400, "error.error_subcode", `^33$`},
		{"UR", "GET /{media-id}, unknown", missing, 400, "error.fbtrace_id", text},
		{"UR", "POST /media, a type not in the list", badType, 400, "error.code", `^100$`},
		{"UR", "POST /media, a type not in the list", badType, 400, "error.type", `^"OAuthException"$`},
		{"UR", "POST /media, a type not in the list", badType, 400, "error.message", `^"\(#100\) Param file must be a file with one of the following types: audio/aac, .*, video/3gpp\. Received file of type 'application/octet-stream'\."$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.developer_message", `^"Invalid api_key"$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.http_code", `^401$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.success", `^false$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.360dialog_trace_id", text},
	}
}

func handleResponses(c *client) []responseField {
	handle := c.send(c.session(3, "image/png"), 0, []byte("png")).text(c.t, "h")
	profile := func(h string) reply {
		return c.post("/whatsapp_business_profile", `{"messaging_product":"whatsapp","profile_picture_handle":"`+h+`"}`)
	}
	template := func(sample string) reply {
		return c.post("/v1/configs/templates", `{"name":"summer","category":"MARKETING","language":"en","components":[`+
			`{"type":"HEADER","format":"IMAGE","example":{"header_handle":["`+sample+`"]}},{"type":"BODY","text":"Hello"}]}`)
	}
	picture, noPicture := profile(handle), profile("https://example.com/a.png")
	taken, refused := template(handle), template("https://example.com/a.png")
	return []responseField{
		{"HU", "POST /whatsapp_business_profile", picture, 200, "success", `^true$`},
		{"HU", "POST /whatsapp_business_profile, a link", noPicture, 422, "error.code", `^100$`},
		{"HU", "POST /v1/configs/templates", taken, 201, "status", `^"submitted"$`},
		{"HU", "POST /v1/configs/templates", taken, 201, "id", digits},
		{"HU", "POST /v1/configs/templates, a link", refused, 400, "meta.http_code", `^400$`},
		{"HU", "POST /v1/configs/templates, a link", refused, 400, "meta.developer_message", `^"Invalid payload \(.*2388273.*\)"$`},
		{"HU", "POST /v1/configs/templates, a link", refused, 400, "meta.error", `2388273`},
	}
}

// TestDocumentedBytes downloads what it uploaded, from each API.
func TestDocumentedBytes(t *testing.T) {
	c := start(t, sandbox.Config{})
	photo := []byte("jpeg")
	id := c.upload("image/jpeg", photo).text(t, "id")
	link := strings.TrimPrefix(c.do(http.MethodGet, "/"+id, nil, nil).text(t, "url"), "https://lookaside.fbsbx.com")
	meta := c.meta("Bearer")
	metaLink := strings.TrimPrefix(meta.do(http.MethodGet, "/v23.0/"+id, nil, nil).text(t, "url"), c.base)
	volume := c.raw("image/jpeg", photo).text(t, "media", "0", "id")
	for _, row := range []struct {
		page, operation string
		reply           reply
	}{
		{"UR", "GET /whatsapp_business/attachments/", c.do(http.MethodGet, link, nil, nil)},
		{"CA", "GET the link", meta.do(http.MethodGet, metaLink, nil, nil)},
		{"OP", "GET /v1/media/{media_id}", c.do(http.MethodGet, "/v1/media/"+volume, nil, nil)},
	} {
		if row.reply.status != 200 || !bytes.Equal(row.reply.body, photo) || row.reply.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s %s: HTTP %d, body %q, header %v", row.page, row.operation, row.reply.status, row.reply.body, row.reply.header)
		}
	}
}

// TestDocumentedSessionID decodes the requested upload from a session ID.
func TestDocumentedSessionID(t *testing.T) {
	session := start(t, sandbox.Config{}).session(10, "image/png")
	body, _, _ := strings.Cut(strings.TrimPrefix(session, "upload:"), "?sig=")
	content, err := base64.StdEncoding.DecodeString(body)
	want := regexp.MustCompile(`^1:attachment:[0-9a-f-]{36}\?file_length=10&file_type=image%2Fpng$`)
	if err != nil || !want.Match(content) {
		t.Errorf("decoded %q, %v, want a match of %s", content, err, want)
	}
}

// encoded returns a field's JSON as in the answer, with its escapes.
func encoded(t *testing.T, r reply, field string) string {
	t.Helper()
	levels := strings.Split(field, ".")
	value := r.at(t, levels...)
	if value == nil {
		return ""
	}
	name := levels[len(levels)-1]
	raw := regexp.MustCompile(`"` + regexp.QuoteMeta(name) + `":\s*("(?:[^"\\]|\\.)*"|[^,}\]\s]+)`).FindSubmatch(r.body)
	if raw == nil {
		return ""
	}
	return string(raw[1])
}
