package providertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// testRedirect: no request, and no key, is redirected to another host.
func testRedirect(t *testing.T, connect func(Connection) Harness) {
	elsewhere := &wire{next: http.NotFoundHandler()}
	server := httptest.NewServer(elsewhere)
	t.Cleanup(server.Close)
	// Another name of this machine, so that it is another host for net/http.
	location := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)

	for _, status := range []int{301, 302, 303, 307, 308} {
		s := newStage(t, connect)
		for _, call := range s.calls() {
			s.sandbox.Faults().Add(call.op, sandbox.Redirect(status, location+"/taken"))
			s.wantCause(t, call.do(t), provider.CauseAuth)
		}
	}
	for _, r := range elsewhere.seen() {
		t.Errorf("%s %s followed a redirect, with the header %v", r.Method, r.URL, r.Header)
	}
}

// testSecrets: if a response repeats the key, a handle or a signed link, the error does
// not contain them.
func testSecrets(t *testing.T, connect func(Connection) Harness) {
	const handle = "4:c2FtcGxlLm1wNA==:dmlkZW8vbXA0:ARbtoken:e:1795250216:1234:5678:ARsignature"
	const echo = canary + " " + handle + " upload:MTph=?sig=ARsig https://lookaside.fbsbx.com/?mid=1&hash=ARhash"
	for _, body := range []string{
		`{"error":{"message":"` + echo + `","code":100,"error_data":{"details":"` + echo + `"}}}`,
		`{"meta":{"developer_message":"` + echo + `"}}`,
		"<html>" + echo + "</html>",
		strings.Repeat("x", 970) + echo,
	} {
		s := newStage(t, connect)
		for _, call := range s.calls() {
			s.sandbox.Faults().Add(call.op, sandbox.Answer(400, nil, body))
			err := call.do(t)
			if err == nil {
				t.Fatalf("%s: no error", call.op)
			}
			wantNoSecret(t, err)
			for _, secret := range []string{"canary", "ARbtoken", "ARsignature", "ARsig", "ARhash", "MTph"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s: the error contains %q: %v", call.op, secret, err)
				}
			}
		}
	}
}

// call is one request that a provider can make.
type call struct {
	op sandbox.Op
	do func(*testing.T) error
}

// calls returns every request of the provider under test.
func (s *stage) calls() []call {
	file := newSample(1000)
	list := []call{{sandbox.OpUploadMedia, func(t *testing.T) error {
		_, err := s.Uploader.UploadMedia(t.Context(), file.Object, file.reader())
		return err
	}}}
	if s.Uploader.Limits().NoHandles == nil {
		list = append(list, s.sessionCalls(file)...)
	}
	list = append(list, s.libraryCalls()...)
	return append(list, s.messageCalls()...)
}

func (s *stage) sessionCalls(file sample) []call {
	const session = "upload:MTphdHRhY2htZW50?sig=AR0"
	return []call{
		{sandbox.OpOpenSession, func(t *testing.T) error {
			_, err := s.Sessions.OpenSession(t.Context(), file.Object)
			return err
		}},
		{sandbox.OpSendSession, func(t *testing.T) error {
			_, err := s.Sessions.SendSession(t.Context(), session, file.from(0))
			return err
		}},
		{sandbox.OpSessionOffset, func(t *testing.T) error {
			_, err := s.Sessions.SessionOffset(t.Context(), session)
			return err
		}},
	}
}

func (s *stage) libraryCalls() []call {
	const id = "1094408688491179"
	list := []call{
		{sandbox.OpDownload, func(t *testing.T) error {
			_, err := s.Library.Download(t.Context(), provider.Info{
				ID: id, URL: provider.Secret(s.base + "/whatsapp_business/attachments/?mid=1&hash=AR0"),
			})
			return err
		}},
		{sandbox.OpDeleteMedia, func(t *testing.T) error {
			return s.Library.DeleteMedia(t.Context(), id)
		}},
	}
	if s.Describer != nil {
		list = append(list, call{sandbox.OpMediaInfo, func(t *testing.T) error {
			_, err := s.Describer.MediaInfo(t.Context(), id)
			return err
		}})
	}
	return list
}

func (s *stage) messageCalls() []call {
	list := []call{{sandbox.OpSendMessage, func(t *testing.T) error {
		_, err := s.Messages.SendMessage(t.Context(), provider.Message{To: "4915112345678", Kind: media.KindImage, MediaID: "1"})
		return err
	}}}
	if s.Pictures != nil {
		list = append(list, call{sandbox.OpSetProfile, func(t *testing.T) error {
			return s.Pictures.SetProfilePicture(t.Context(), "4:aW1hZ2U=:cG5n:ARb:e:1795250216:1:2:ARs")
		}})
	}
	return list
}
