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

// TestDocuments holds the sandbox against the provider's pages, field by field:
//
//	MU  "Media Uploads", the API reference
//	UR  "Upload, retrieve or delete media"
//	MM  "Media messages"
//	RU  Meta's "Resumable Upload API"; handles as published in the field
//
// Each row names a field of an answer, where it stands, and the form that the
// page shows for it.
func TestDocuments(t *testing.T) {
	c := start(t, sandbox.Config{})
	photo := bytes.Repeat([]byte("jpeg"), 1462) // 5848 bytes, as in UR's example

	uploaded := c.upload("image/jpeg", photo)
	mediaID := uploaded.text(t, "id")
	info := c.do(http.MethodGet, "/"+mediaID, nil, nil)
	path := strings.TrimPrefix(info.text(t, "url"), "https://lookaside.fbsbx.com")
	downloaded := c.do(http.MethodGet, path, nil, nil)

	opened := c.do(http.MethodPost, "/uploads?file_name=a.png&file_length=10&file_type=image%2Fpng", nil, nil)
	session := opened.text(t, "id")
	part := c.send(session, 0, []byte("01234"))
	status := c.do(http.MethodGet, "/"+session, nil, nil)
	wrongOffset := c.send(session, 9, []byte("9"))
	finished := c.send(session, 5, []byte("56789"))

	message := c.do(http.MethodPost, "/messages", nil, strings.NewReader(
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"4915112345678","type":"image","image":{"id":"`+mediaID+`"}}`))
	deleted := c.do(http.MethodDelete, "/"+mediaID, nil, nil)
	missing := c.do(http.MethodGet, "/"+mediaID, nil, nil)
	badType := c.upload("application/octet-stream", photo)
	badKey := c.as("wrong").upload("image/jpeg", photo)

	const digits, hex64, text = `^"\d{15,18}"$`, `^"[0-9a-f]{64}"$`, `^".+"$`
	rows := []struct {
		page, operation string
		reply           reply
		status          int
		field           string // with dots between levels
		form            string // of the field's JSON
	}{
		{"MU", "POST /media", uploaded, 200, "id", digits},
		{"UR", "GET /{media-id}", info, 200, "url", `^"https://lookaside\.fbsbx\.com\\/whatsapp_business\\/attachments\\/\?mid=\d+&source=getMedia&ext=\d{10}&hash=[\w-]+"$`},
		{"UR", "GET /{media-id}", info, 200, "mime_type", `^"image/jpeg"$`},
		{"UR", "GET /{media-id}", info, 200, "sha256", hex64},
		{"UR", "GET /{media-id}", info, 200, "file_size", `^5848$`},
		{"UR", "GET /{media-id}", info, 200, "id", digits},
		{"UR", "GET /{media-id}", info, 200, "messaging_product", `^"whatsapp"$`},
		{"UR", "DELETE /{media-id}", deleted, 200, "success", `^true$`},
		{"UR", "GET /{media-id}, deleted", missing, 400, "error.code", `^100$`},
		{"UR", "GET /{media-id}, deleted", missing, 400, "error.error_subcode", `^33$`},
		{"UR", "GET /{media-id}, deleted", missing, 400, "error.fbtrace_id", text},

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

		{"UR", "POST /media, a type not in the list", badType, 400, "error.code", `^100$`},
		{"UR", "POST /media, a type not in the list", badType, 400, "error.type", `^"OAuthException"$`},
		{"UR", "POST /media, a type not in the list", badType, 400, "error.message", `^"\(#100\) Param file must be a file with one of the following types: audio/aac, .*, video/3gpp\. Received file of type 'application/octet-stream'\."$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.developer_message", `^"Invalid api_key"$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.http_code", `^401$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.success", `^false$`},
		{"UR", "any, a wrong key", badKey, 401, "meta.360dialog_trace_id", text},
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
	t.Run("UR GET /whatsapp_business/attachments/", func(t *testing.T) {
		if downloaded.status != 200 || !bytes.Equal(downloaded.body, photo) || downloaded.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("HTTP %d, %d bytes of %s", downloaded.status, len(downloaded.body), downloaded.header.Get("Content-Type"))
		}
	})
	t.Run("RU the session id says what was asked for", func(t *testing.T) {
		body, _, _ := strings.Cut(strings.TrimPrefix(session, "upload:"), "?sig=")
		content, err := base64.StdEncoding.DecodeString(body)
		want := regexp.MustCompile(`^1:attachment:[0-9a-f-]{36}\?file_length=10&file_type=image%2Fpng$`)
		if err != nil || !want.Match(content) {
			t.Errorf("decoded: %s, %v", content, err)
		}
	})
}

// encoded finds a field as it stands in the answer, escapes and all.
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
