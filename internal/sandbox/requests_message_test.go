package sandbox_test

import "strings"

// messageRequests sends a message of each form that "Media messages" shows.
func messageRequests(c *client) []requestField {
	id := c.upload("image/png", []byte("png")).text(c.t, "id")
	volume := c.raw("image/png", []byte("png")).text(c.t, "media", "0", "id")
	v2 := func(rest string) reply {
		return c.post("/messages", `{"messaging_product":"whatsapp",`+strings.ReplaceAll(rest, "ID", id)+`}`)
	}
	v1 := func(rest string) reply { return c.post("/v1/messages", `{`+strings.ReplaceAll(rest, "ID", volume)+`}`) }
	const head = `"recipient_type":"individual","to":"49151",`
	return []requestField{
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

func handleRequests(c *client) []requestField {
	handle := c.send(c.session(3, "image/png"), 0, []byte("png")).text(c.t, "h")
	mediaID := c.upload("image/png", []byte("png")).text(c.t, "id")
	profile := func(fields string) reply { return c.post("/whatsapp_business_profile", fields) }
	template := func(head, sample string) reply {
		return c.post("/v1/configs/templates", `{`+head+`"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":[`+sample+`]}}]}`)
	}
	const head = `"name":"summer","category":"MARKETING","language":"en",`
	return []requestField{
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
