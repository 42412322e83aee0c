package provider_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// A message that Check rejects has no body.
func TestAnInvalidMessageHasNoBody(t *testing.T) {
	if body, err := (provider.Message{To: "49", Kind: media.KindImage}).Body("whatsapp"); err == nil || body != nil {
		t.Errorf("%s, %v", body, err)
	}
}

// The bodies of the pages: "Media messages", and "Media" of the on-premise API.
func TestMessageBodies(t *testing.T) {
	for _, row := range []struct {
		page, product string
		message       provider.Message
		want          string
	}{
		{
			"an image by link", "whatsapp",
			provider.Message{To: "PHONE-NUMBER", Kind: media.KindImage, Link: "https://IMAGE_URL"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"PHONE-NUMBER","type":"image","image":{"link":"https://IMAGE_URL"}}`,
		},
		{
			"an image by id", "whatsapp",
			provider.Message{To: "PHONE-NUMBER", Kind: media.KindImage, MediaID: "MEDIA-OBJECT-ID"},
			`{"messaging_product":"whatsapp","recipient_type":"individual","to":"PHONE-NUMBER","type":"image","image":{"id":"MEDIA-OBJECT-ID"}}`,
		},
		{
			"on-premise, a video", "",
			provider.Message{To: "wa_id", Kind: media.KindVideo, MediaID: "media_id", Caption: "your-video-caption"},
			`{"recipient_type":"individual","to":"wa_id","type":"video","video":{"id":"media_id","caption":"your-video-caption"}}`,
		},
		{
			"on-premise, a document", "",
			provider.Message{To: "wa_id", Kind: media.KindDocument, MediaID: "media_id", Caption: "c", Filename: "f.pdf"},
			`{"recipient_type":"individual","to":"wa_id","type":"document","document":{"id":"media_id","caption":"c","filename":"f.pdf"}}`,
		},
	} {
		t.Run(row.page, func(t *testing.T) {
			body, err := row.message.Body(row.product)
			var got, want any
			if err != nil || json.Unmarshal(body, &got) != nil || json.Unmarshal([]byte(row.want), &want) != nil {
				t.Fatalf("%s, %v", body, err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, want %s", body, row.want)
			}
		})
	}
}
