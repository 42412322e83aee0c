package providertest

import (
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

const recipient = "4915112345678"

func testMessages(t *testing.T, connect func(Connection) Harness) {
	t.Run("taken", func(t *testing.T) { testMessagesAccepted(t, connect) })
	t.Run("not sent", func(t *testing.T) { testMessagesNotSent(t, connect) })
	t.Run("answers", func(t *testing.T) { testMessageResponses(t, connect) })
}

// testMessagesAccepted: a message is sent with its media ID and all of its fields.
func testMessagesAccepted(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	id := s.upload(t, newSample(1000))
	const link = "https://media.example.com/m/abc/summer.mp4"
	for _, m := range []provider.Message{
		{Kind: media.KindImage, MediaID: id, Caption: "Grüße & „Küsse“ <3"},
		{Kind: media.KindVideo, MediaID: id, Caption: strings.Repeat("ü", provider.MaxCaptionCharacters)},
		{Kind: media.KindAudio, MediaID: id},
		{Kind: media.KindDocument, MediaID: id, Caption: "Preise", Filename: "Preisliste „Köln“.pdf"},
		{Kind: media.KindSticker, MediaID: id},
		{Kind: media.KindVideo, Link: link},
	} {
		m.To = recipient
		sent, err := s.Messages.SendMessage(t.Context(), m)
		if err != nil || sent == "" {
			t.Errorf("%s: %q, %v", m.Kind, sent, err)
			continue
		}
		taken := s.sandbox.Messages()
		want := sandbox.Message{
			ID: string(sent), To: m.To, Kind: m.Kind, MediaID: m.MediaID,
			Link: m.Link, Caption: m.Caption, Filename: m.Filename,
		}
		if got := taken[len(taken)-1]; got != want {
			t.Errorf("taken %+v, want %+v", got, want)
		}
	}
}

// testMessagesNotSent: a message that the API would reject, or would not deliver as it
// was meant, is not sent.
func testMessagesNotSent(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	for name, m := range map[string]provider.Message{
		"nobody to send to":    {Kind: media.KindImage, MediaID: "1"},
		"nothing to send":      {To: recipient, Kind: media.KindImage},
		"id and link":          {To: recipient, Kind: media.KindImage, MediaID: "1", Link: "https://example.com/a.png"},
		"a link without HTTPS": {To: recipient, Kind: media.KindImage, Link: "http://example.com/a.png"},
		"a link to nowhere":    {To: recipient, Kind: media.KindImage, Link: "https:a.png"},
		"a spoken caption":     {To: recipient, Kind: media.KindAudio, MediaID: "1", Caption: "Hello"},
		"a caption too long":   {To: recipient, Kind: media.KindImage, MediaID: "1", Caption: strings.Repeat("x", provider.MaxCaptionCharacters+1)},
		"a name of a picture":  {To: recipient, Kind: media.KindImage, MediaID: "1", Filename: "a.png"},
		"an unknown kind":      {To: recipient, Kind: "telepathy", MediaID: "1"},
	} {
		_, err := s.Messages.SendMessage(t.Context(), m)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		s.wantCause(t, err, provider.CausePermanent)
	}
	if calls := s.sandbox.Calls(sandbox.OpSendMessage); calls != 0 {
		t.Errorf("%d requests were made", calls)
	}
}

// testMessageResponses: a lost response is ambiguous, since another attempt could send
// the message twice.
func testMessageResponses(t *testing.T, connect func(Connection) Harness) {
	linked := provider.Message{To: recipient, Kind: media.KindImage, Link: "https://media.example.com/a.png"}
	for _, row := range []struct {
		name  string
		fault sandbox.Fault
		cause provider.Cause
	}{
		{"lost", sandbox.LoseAnswer(), provider.CauseAmbiguous},
		{"cut", sandbox.TruncatedJSON(), provider.CauseAmbiguous},
		{"without an id", sandbox.Answer(200, nil, `{"messages":[]}`), provider.CauseAmbiguous},
		{"rate limit", sandbox.RateLimit(), provider.CauseRate},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, connect)
			s.sandbox.Faults().Add(sandbox.OpSendMessage, row.fault)
			_, err := s.Messages.SendMessage(t.Context(), linked)
			s.wantCause(t, err, row.cause)
		})
	}
	s := newStage(t, connect)
	// 360dialog's "Media messages" documents a single id, which is a success too.
	s.sandbox.Faults().Add(sandbox.OpSendMessage, sandbox.Answer(200, nil, `{"id":"4490709327384033"}`))
	if id, err := s.Messages.SendMessage(t.Context(), linked); err != nil || id != "4490709327384033" {
		t.Errorf("a single id: %q, %v", id, err)
	}
	_, err := s.Messages.SendMessage(t.Context(), provider.Message{To: recipient, Kind: media.KindImage, MediaID: "4711"})
	s.wantCause(t, err, provider.CausePermanent)
}

// testPicture: a profile picture requires the handle of a session, not a media ID.
func testPicture(t *testing.T, connect func(Connection) Harness) {
	s := newStage(t, connect)
	if s.Pictures == nil || s.Uploader.Limits().NoHandles != nil {
		t.Skip("this channel has no handles")
	}
	file := newSample(1000)
	handle, err := s.Sessions.SendSession(t.Context(), s.open(t, file), file.from(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Pictures.SetProfilePicture(t.Context(), handle); err != nil {
		t.Error(err)
	}
	if set := s.sandbox.ProfilePictures(); len(set) != 1 || set[0] != handle {
		t.Errorf("%d pictures were set", len(set))
	}
	err = s.Pictures.SetProfilePicture(t.Context(), media.Handle(s.upload(t, file)))
	s.wantCause(t, err, provider.CausePermanent)
}
