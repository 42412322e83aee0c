package httpapi_test

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"mediarelay/internal/httpapi"
)

func TestClientAddress(t *testing.T) {
	const proxy, client, attacker = "10.0.0.1:4444", "203.0.113.9", "198.51.100.66"
	for _, tt := range []struct {
		name            string
		peer            string
		forwardedFor    []string
		forwarded, want string
	}{
		{"no proxy", client + ":1234", nil, "", client},
		{"a header of anybody", client + ":1234", []string{attacker}, "for=" + attacker, client},
		{"a proxy", proxy, []string{client}, "", client},
		{"a proxy without headers", proxy, nil, "", "10.0.0.1"},
		{"a client in front of a proxy invents one", proxy, []string{attacker + ", " + client}, "", client},
		{"two lines", proxy, []string{attacker, client}, "", client},
		{"two proxies", proxy, []string{attacker + ", " + client + ", 10.0.0.2"}, "", client},
		{"trusted ones only", proxy, []string{"10.0.0.3, 10.0.0.2"}, "", "10.0.0.3"},
		{"no address", proxy, []string{client + ", unknown"}, "", "10.0.0.1"},
		{"with a port", proxy, []string{client + ":5678"}, "", client},
		{"IPv6", "[fd00::1]:80", []string{"2001:db8::7"}, "", "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:80", []string{client}, "", client},
		{"Forwarded", proxy, nil, "for=" + attacker + `, for="` + client + `:80";proto=https, for=10.0.0.2`, client},
		{"Forwarded with IPv6", proxy, nil, `proto=https; For="[2001:db8::7]:4711"`, "2001:db8::7"},
		{"a hop that hides", proxy, nil, "for=" + attacker + ";by=x, proto=https", "10.0.0.1"},
		{"both agree", proxy, []string{client}, "for=" + client, client},
		{"both disagree", proxy, []string{client}, "for=" + attacker, "10.0.0.1"},
		{"an empty one", proxy, []string{""}, "", "10.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.peer
			for _, value := range tt.forwardedFor {
				r.Header.Add("X-Forwarded-For", value)
			}
			if tt.forwarded != "" {
				r.Header.Set("Forwarded", tt.forwarded)
			}
			trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
			if got := httpapi.ClientAddress(r, trusted); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRequestID(t *testing.T) {
	w := newWorld(t, nil)
	handler, err := httpapi.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, sent string
		kept       bool
	}{
		{"none", "", false},
		{"a UUID", "3d813cbb-47fb-32ba-91df-831e1593ac29", true},
		{"too short", "abc", false},
		{"too long", strings.Repeat("a", 129), false},
		{"a line break", "12345678\n{\"level\":\"ERROR\"}", false},
		{"a space", "1234 5678", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/v1/assets", nil)
			if tt.sent != "" {
				r.Header["X-Request-Id"] = []string{tt.sent}
			}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, r)
			id := answer.Header().Get("X-Request-ID")
			if tt.kept != (id == tt.sent) || len(id) < 8 {
				t.Errorf("sent %q, got %q", tt.sent, id)
			}
			if log := w.log.String(); !strings.Contains(log, `"client":"192.0.2.1"`) || strings.Count(log, `"request_id":"`+id+`"`) == 0 {
				t.Errorf("the log is %s", log)
			}
		})
	}
}
