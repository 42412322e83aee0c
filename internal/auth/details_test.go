package auth_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/auth"
)

// wrongToken is a token that is rejected, and the row of docs/tokens.md for it.
type wrongToken struct {
	claim  string // that the error names; empty for another part of the token
	detail string // of docs/tokens.md; … stands for any text
	tokens []string
}

// wrongTokens has every reason for which a token is not valid, except the expired one.
func wrongTokens() []wrongToken {
	text := func(members ...string) []string {
		var tokens []string
		for _, member := range members {
			tokens = append(tokens, handMade(hs256, good(member)))
		}
		return tokens
	}
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	return []wrongToken{
		{"", "The token is longer than 8192 bytes.", []string{strings.Repeat("a", 8193)}},
		{
			"", "The token is not a signed JWT: three parts in base64url without padding, separated by dots. Send all of it, without spaces or line breaks.",
			[]string{"", "a.b", "a.b.c", handMade(hs256, good()) + "\n", handMade(`[]`, good())},
		},
		{"", "The token's header has an alg that this server does not accept. Sign with …", []string{
			encode(`{"alg":"none"}`) + "." + encode(good()) + ".", handMade(`{"alg":"RS256"}`, good()), handMade(`{"typ":"JWT"}`, good()), handMade(`{"alg":"XX"}`, good()),
		}},
		{"", "The token's header has crit, and this server supports no extensions. Sign without crit.", []string{handMade(`{"alg":"HS256","crit":["b64"]}`, good())}},
		{
			"", "The token's signature does not match its content and this server's key. Sign with the secret or private key that belongs to this server's settings.",
			[]string{forged(good()), forged(good(`"aud":"other"`))},
		},
		{"", "The token's payload is not a JSON object in UTF-8. Sign an object with the claims as its members.", []string{
			handMade(hs256, `null`), handMade(hs256, `[]`), handMade(hs256, `"text"`), handMade(hs256, "{\"sub\":\"\xff\"}"),
		}},
		{"channel", "The token's … claim occurs more than once. Sign it once.", []string{
			handMade(hs256, object(`"channel":"demo"`, good()[1:len(good())-1])),
			handMade(hs256, object(`"\u0063hannel":"demo"`, good()[1:len(good())-1])),
		}},
		{"", "One of the token's claims occurs more than once. Sign each claim once.", []string{handMade(hs256, good(`"x":1`, `"y":1,"x":2`))}},
		{
			"exp", "The token's exp claim is missing. Sign the time at which the token expires, in seconds since 1970.",
			[]string{handMade(hs256, object(`"aud":"mediarelay"`, `"sub":"ada"`, `"channel":"acme"`))},
		},
		{"exp", "The token's exp claim is not a number: seconds since 1970, before the year 10000.", text(`"exp":null`, `"exp":"soon"`, `"exp":1e300`, `"exp":true`)},
		{"nbf", "The token's nbf claim is in the future. Wait until then, or set the issuer's clock.", text(fmt.Sprintf(`"nbf":%d`, in(time.Hour)))},
		{"nbf", "The token's nbf claim is not a number: seconds since 1970, before the year 10000.", text(`"nbf":"now"`)},
		{"iat", "The token's iat claim is not a number: seconds since 1970, before the year 10000.", text(`"iat":"now"`)},
		{"iss", "The token's iss claim is not this server's issuer, …", append(text(`"iss":"stranger"`), handMade(hs256, object(strings.ReplaceAll(good()[1:len(good())-1], `"iss"`, `"x"`))))},
		{"iss", "The token's iss claim is not a string.", text(`"iss":["portal"]`)},
		{"aud", "The token's aud claim does not contain this server's audience, …", append(text(`"aud":"other"`, `"aud":[]`, `"aud":["other"]`),
			handMade(hs256, strings.Replace(good(), `"aud"`, `"AUD"`, 1)))},
		{"aud", "The token's aud claim is not a string or an array of strings.", text(`"aud":7`, `"aud":null`)},
		{"sub", "The token's sub claim is missing. Name the person or program that the token is for.", append(text(`"sub":""`), handMade(hs256, strings.Replace(good(), `"sub"`, `"Sub"`, 1)))},
		{"sub", "The token's sub claim is not a string.", text(`"sub":7`)},
		{"sub", "The token's sub claim is not text of 1 to 255 bytes without control characters.", text(
			`"sub":"`+strings.Repeat("a", 256)+`"`, `"sub":"a\u0000"`, `"sub":"a\nb"`, `"sub":"\ud800"`)},
		{
			"channel", "The token's channel claim is missing. Name a channel of this server; the claim's name is in lower case.",
			append(text(`"channel":""`), handMade(hs256, strings.Replace(good(), `"channel"`, `"CHANNEL"`, 1))),
		},
		{"channel", "The token's channel claim is not a string with the name of one channel.", text(`"channel":["acme","demo"]`)},
		{"scope", "The token's scope claim is not a string with scopes separated by spaces.", text(`"scope":["upload"]`)},
		{"max_bytes", "The token's max_bytes claim is not a whole number of bytes above 0.", text(`"max_bytes":0`, `"max_bytes":-1`, `"max_bytes":"5"`, `"max_bytes":1.5`, `"max_bytes":null`)},
		{"kinds", "The token's kinds claim is empty or has an unknown kind. The kinds are …", text(`"kinds":[]`, `"kinds":""`, `"kinds":["image","hologram"]`)},
		{"kinds", "The token's kinds claim is not a string or an array of strings.", text(`"kinds":3`, `"kinds":null`, `"kinds":{}`)},
		{"purposes", "The token's purposes claim is empty or has an unknown purpose. The purposes are …", text(`"purposes":""`, `"purposes":"fame"`, `"purposes":[]`)},
		{"purposes", "The token's purposes claim is not a string or an array of strings.", text(`"purposes":3`)},
	}
}

// forged has the right form and another secret.
func forged(payload string) string {
	token := handMade(hs256, payload)
	return token[:len(token)-6] + "AAAAAA"
}

// Every reason names the claim, says what is wrong and what to do, and contains no part
// of the token.
func TestEachErrorNamesTheClaim(t *testing.T) {
	c := config()
	for _, wrong := range wrongTokens() {
		c.Issuer = ""
		if wrong.claim == "iss" {
			c.Issuer = "portal"
		}
		for _, token := range wrong.tokens {
			_, err := verifier(t, c).Verify(token)
			var invalid *auth.InvalidError
			if !errors.As(err, &invalid) || invalid.Claim != wrong.claim || !matches(wrong.detail, invalid.Detail) {
				t.Errorf("got  %v\nwant %q: %s", err, wrong.claim, wrong.detail)
				continue
			}
			if wrong.claim != "" && !strings.Contains(invalid.Detail, "token's "+wrong.claim+" claim") {
				t.Errorf("the detail does not name %s: %s", wrong.claim, invalid.Detail)
			}
			for _, part := range []string{"hologram", "fame", "stranger", "other", "soon"} {
				if strings.Contains(invalid.Detail, part) {
					t.Errorf("the detail quotes the token: %s", invalid.Detail)
				}
			}
		}
	}
}

// A claim that is wrong is named only to whoever can sign.
func TestAForgedTokenLearnsNothingAboutItsClaims(t *testing.T) {
	_, err := verifier(t, config()).Verify(forged(good(`"aud":"other"`)))
	if err == nil || strings.Contains(err.Error(), "aud") || !strings.Contains(err.Error(), "signature") {
		t.Errorf("got %v, want the signature", err)
	}
}

var errorRow = regexp.MustCompile("(?m)^\\| `(unauthorized)` \\| (.+) \\|$")

// docs/tokens.md lists exactly the reasons that there are.
func TestTheTokensPageListsEachError(t *testing.T) {
	page, err := os.ReadFile("../../docs/tokens.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range errorRow.FindAllStringSubmatch(string(page), -1) {
		listed[row[2]] = true
	}
	delete(listed, "Send the header Authorization: Bearer TOKEN.") // of a request without a token
	for _, wrong := range append(wrongTokens(), wrongKeys()...) {
		if !listed[wrong.detail] {
			t.Errorf("docs/tokens.md lacks: %s", wrong.detail)
		}
		delete(listed, wrong.detail)
	}
	for detail := range listed {
		t.Errorf("no token is rejected with: %s", detail)
	}
}

// matches compares a text with a pattern in which … stands for any text.
func matches(pattern, text string) bool {
	start, rest, open := strings.Cut(pattern, "…")
	return text == pattern || open && strings.HasPrefix(text, start) && strings.HasSuffix(text, rest)
}
