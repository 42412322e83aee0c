package cloudapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/provider/cloudapi"
	"mediarelay/internal/provider/providertest"
	"mediarelay/internal/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func harness(t *testing.T, c providertest.Connection, appID string) providertest.Harness {
	http := provider.NewHTTPClient()
	t.Cleanup(http.CloseIdleConnections)
	client := cloudapi.New(cloudapi.Config{
		BaseURL: c.BaseURL, Version: "v23.0", PhoneNumberID: c.Number.PhoneNumberID, AppID: appID,
		AccessToken: c.Key, HTTPClient: http,
	})
	return providertest.Harness{
		Uploader: client, Sessions: client, Library: client, Messages: client, Describer: client, Pictures: client,
	}
}

func TestProvider(t *testing.T) {
	providertest.Run(t, func(c providertest.Connection) providertest.Harness {
		return harness(t, c, c.Number.AppID)
	})
}

// Without an app id there are no handles, and everything else is as it was.
func TestProviderWithoutAnApp(t *testing.T) {
	providertest.RunSessions(t, func(c providertest.Connection) providertest.Harness {
		return harness(t, c, "")
	})
	_, err := cloudapi.New(cloudapi.Config{}).OpenSession(t.Context(), media.Object{})
	if err == nil || !strings.Contains(err.Error(), "app_id") {
		t.Errorf("%v does not say what to do", err)
	}
}

// recorded is a request as it stood on the wire.
type recorded struct {
	line   string
	header http.Header
}

// record answers every request with the same text and keeps the last.
func record(t *testing.T, answer string) (*cloudapi.Client, *recorded) {
	t.Helper()
	var last recorded
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = recorded{line: r.Method + " " + r.RequestURI, header: r.Header}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return cloudapi.New(cloudapi.Config{
		BaseURL: server.URL + "/", Version: "v23.0", PhoneNumberID: "1062", AppID: "4410",
		AccessToken: "token", HTTPClient: server.Client(),
	}), &last
}

// Each request has the path, the version and the scheme that Meta's pages give it.
func TestWhereRequestsGo(t *testing.T) {
	const session = media.SessionID("upload:MTphdHRhY2htZW50==?sig=AR_a-b%3D==")
	file := media.Object{Filename: "a.png", Type: "image/png", Size: 1}
	client, last := record(t, `{"id":"1","h":"4:a","file_offset":0,"success":true,"url":"https://x/","sha256":"0","messages":[{"id":"1"}]}`)
	for _, row := range []struct {
		line, authorization string
		call                func() error
	}{
		{"POST /v23.0/1062/media", "Bearer token", func() error {
			_, err := client.UploadMedia(t.Context(), file, strings.NewReader("x"))
			return err
		}},
		{"GET /v23.0/1094?phone_number_id=1062", "Bearer token", func() error {
			_, err := client.MediaInfo(t.Context(), "1094")
			return err
		}},
		{"DELETE /v23.0/..%2F1094%3Fx=1?phone_number_id=1062", "Bearer token", func() error {
			return client.DeleteMedia(t.Context(), "../1094?x=1")
		}},
		{"POST /v23.0/4410/uploads?file_length=1&file_name=a.png&file_type=image%2Fpng", "OAuth token", func() error {
			_, err := client.OpenSession(t.Context(), file)
			return err
		}},
		{"POST /v23.0/" + string(session), "OAuth token", func() error {
			_, err := client.SendSession(t.Context(), session, provider.Part{Object: file, Body: strings.NewReader("x")})
			return err
		}},
		{"GET /v23.0/" + string(session), "OAuth token", func() error {
			_, err := client.SessionOffset(t.Context(), session)
			return err
		}},
		{"POST /v23.0/1062/messages", "Bearer token", func() error {
			_, err := client.SendMessage(t.Context(), provider.Message{To: "49", Kind: media.KindImage, MediaID: "1"})
			return err
		}},
		{"POST /v23.0/1062/whatsapp_business_profile", "Bearer token", func() error {
			return client.SetProfilePicture(t.Context(), "4:a")
		}},
	} {
		if err := row.call(); err != nil {
			t.Errorf("%s: %v", row.line, err)
		}
		if last.line != row.line || last.header.Get("Authorization") != row.authorization {
			t.Errorf("%s with %q, want %s with %q", last.line, last.header.Get("Authorization"), row.line, row.authorization)
		}
		if agent := last.header.Get("User-Agent"); agent != "mediarelay" || last.header.Get("D360-API-KEY") != "" {
			t.Errorf("%s: User-Agent %q, header %v", row.line, agent, last.header)
		}
	}
}

// A link gets the access token, so it is followed to Meta's hosts and to the API's
// own, and to none that merely looks like one.
func TestTheTokenIsSentToNoOtherHost(t *testing.T) {
	asked := ""
	client := cloudapi.New(cloudapi.Config{
		Version: "v23.0", PhoneNumberID: "1062", AccessToken: "token",
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.Host
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
		})},
	})
	for link, trusted := range map[string]bool{
		"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=AR%2B": true,
		"https://graph.facebook.com/media?mid=1":                                      true,
		"http://lookaside.fbsbx.com/?mid=1":                                           false,
		"https://lookaside.fbsbx.com:8443/?mid=1":                                     false,
		"https://lookaside.fbsbx.com.example.com/?mid=1":                              false,
		"https://fbsbx.com.example.com/?mid=1":                                        false,
		"https://notfbsbx.com/?mid=1":                                                 false,
		"https://lookaside.fbsbx.com@example.com/?mid=1":                              false,
		"https://example.com/#.fbsbx.com":                                             false,
		"lookaside.fbsbx.com/?mid=1":                                                  false,
		"":                                                                            false,
	} {
		asked = ""
		_, err := client.Download(t.Context(), provider.Info{URL: provider.Secret(link)})
		if (err == nil) != trusted || (asked != "") != trusted {
			t.Errorf("%q: asked %q, %v", link, asked, err)
		}
		if err != nil && (provider.CauseOf(err) != provider.CausePermanent || strings.Contains(err.Error(), "mid=1")) {
			t.Errorf("%q: %v", link, err)
		}
	}
}

// A phone number or an app that does not exist, or that the token may not use, is
// for an operator to mend: no file fails by it.
func TestAMissingAccountIsNotAFaultOfTheFile(t *testing.T) {
	emulated, err := sandbox.New(sandbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(emulated)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = emulated.Close() })
	client := cloudapi.New(cloudapi.Config{
		BaseURL: server.URL, Version: "v23.0", PhoneNumberID: "1062", AppID: "4410",
		AccessToken: sandbox.DemoAPIKey, HTTPClient: server.Client(),
	})
	file := media.Object{Filename: "a.png", Type: "image/png", Size: 1}
	_, uploading := client.UploadMedia(t.Context(), file, strings.NewReader("x"))
	_, opening := client.OpenSession(t.Context(), file)
	for _, err := range []error{uploading, opening} {
		if provider.CauseOf(err) != provider.CauseAuth || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("cause %s: %v", provider.CauseOf(err), err)
		}
	}
}

// Another token, as after a rotation, or another app, does not double what the
// phone number may do.
func TestLimitsBelongToThePhoneNumber(t *testing.T) {
	before := cloudapi.New(cloudapi.Config{PhoneNumberID: "1062", AppID: "4410", AccessToken: "token"}).Limits()
	after := cloudapi.New(cloudapi.Config{PhoneNumberID: "1062", AccessToken: "another"}).Limits()
	if before.Number != "cloudapi/1062" || after.Number != before.Number {
		t.Errorf("the number is %q, and then %q", before.Number, after.Number)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestConfigCheck(t *testing.T) {
	good := cloudapi.Config{Version: "v23.0", PhoneNumberID: "1062", AppID: "4410", AccessToken: "token"}
	for _, row := range []struct {
		name  string
		alter func(*cloudapi.Config)
		want  string
	}{
		{"whole", func(*cloudapi.Config) {}, ""},
		{"no app", func(c *cloudapi.Config) { c.AppID = "" }, ""},
		{"no token", func(c *cloudapi.Config) { c.AccessToken = "" }, "token"},
		{"no version", func(c *cloudapi.Config) { c.Version = "" }, "version"},
		{"a version that is a path", func(c *cloudapi.Config) { c.Version = "v23.0/../" }, "version"},
		{"a phone number", func(c *cloudapi.Config) { c.PhoneNumberID = "+49 151" }, "phone number id"},
		{"an app's name", func(c *cloudapi.Config) { c.AppID = "acme" }, "app id"},
		{"in clear", func(c *cloudapi.Config) { c.BaseURL = "http://graph.facebook.com" }, "https"},
	} {
		config := good
		row.alter(&config)
		err := config.Check()
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}
