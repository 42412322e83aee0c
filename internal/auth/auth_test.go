package auth_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/media"
)

const secret = "an HS256 secret has 32 bytes or more"

func config() auth.Config {
	return auth.Config{Secret: []byte(secret), Audience: "mediarelay", Channels: []string{"acme", "demo"}}
}

func verifier(t *testing.T, c auth.Config) *auth.Verifier {
	t.Helper()
	v, err := auth.NewVerifier(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// handMade signs any header and payload, as a careless issuer could.
func handMade(header, payload string) string {
	return signedWith(sha256.New, header, payload)
}

func signedWith(newHash func() hash.Hash, header, payload string) string {
	text := encode(header) + "." + encode(payload)
	mac := hmac.New(newHash, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + encode(string(mac.Sum(nil)))
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

const hs256 = `{"alg":"HS256","typ":"JWT"}`

// good returns a valid payload. Further members replace its own.
func good(more ...string) string {
	members := []string{
		`"aud":"mediarelay"`, `"sub":"ada"`, `"channel":"acme"`, `"scope":"upload assets:read"`,
		fmt.Sprintf(`"exp":%d`, time.Now().Add(time.Hour).Unix()),
	}
	for _, member := range more {
		name, _, _ := strings.Cut(member, ":")
		members = slices.DeleteFunc(members, func(m string) bool { return strings.HasPrefix(m, name+":") })
	}
	return object(append(members, more...)...)
}

// object is a JSON object of members, which may repeat a name.
func object(members ...string) string { return "{" + strings.Join(members, ",") + "}" }

func TestVerifyAcceptsWhatSignReturns(t *testing.T) {
	want := auth.Claims{
		Subject: "ada", Channel: "acme", Scopes: []string{"upload"}, MaxBytes: 16 << 20,
		Kinds: []media.Kind{media.KindImage}, Purposes: []media.Purpose{media.PurposeTemplate},
		ExpiresAt: time.Now().Add(time.Hour).Truncate(time.Second),
	}
	c := config()
	c.Issuer = "portal"
	token, err := auth.Sign(c, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := verifier(t, c).Verify(token)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !got.Allows(auth.ScopeUpload) || got.Allows(auth.ScopeAssetsRead) {
		t.Errorf("scopes %v: upload must be allowed and assets:read not", got.Scopes)
	}
}

func TestValidTokensOfOtherIssuers(t *testing.T) {
	for name, more := range map[string]string{
		"aud in a list":            `"aud":["other","mediarelay"]`,
		"exp with a fraction":      fmt.Sprintf(`"exp":%d.5`, time.Now().Add(time.Hour).Unix()),
		"expired within leeway":    fmt.Sprintf(`"exp":%d`, time.Now().Add(-auth.Leeway/2).Unix()),
		"kinds as words":           `"kinds":"image, video"`,
		"a claim that is not ours": `"tenant":"x"`,
		"an unknown scope":         `"scope":"upload something:new"`,
		"CHANNEL beside channel":   `"CHANNEL":"demo"`,
		"Max_Bytes":                `"Max_Bytes":"none"`,
	} {
		t.Run(name, func(t *testing.T) {
			claims, err := verifier(t, config()).Verify(handMade(hs256, good(more)))
			if err != nil || claims.Channel != "acme" || claims.MaxBytes != 0 {
				t.Errorf("got %+v, %v", claims, err)
			}
		})
	}
}

func TestInvalidTokens(t *testing.T) {
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	whole := handMade(hs256, good())
	for _, tt := range []struct {
		name  string
		token string
		want  error
	}{
		{"nothing", "", auth.ErrInvalid},
		{"alg none", encode(`{"alg":"none"}`) + "." + encode(good()) + ".", auth.ErrInvalid},
		{"alg None", encode(`{"alg":"None"}`) + "." + encode(good()) + ".", auth.ErrInvalid},
		{"alg nOnE with a signature", handMade(`{"alg":"nOnE"}`, good()), auth.ErrInvalid},
		{"no alg", handMade(`{"typ":"JWT"}`, good()), auth.ErrInvalid},
		{"HS384 with our secret", signedWith(sha512.New384, `{"alg":"HS384"}`, good()), auth.ErrInvalid},
		{"HS512 with our secret", signedWith(sha512.New, `{"alg":"HS512"}`, good()), auth.ErrInvalid},
		{"RS256 named over an HMAC", handMade(`{"alg":"RS256"}`, good()), auth.ErrInvalid},
		{"a crit that nobody knows", handMade(`{"alg":"HS256","crit":["b64"],"b64":true}`, good()), auth.ErrInvalid},
		{"another secret", whole[:len(whole)-6] + "AAAAAA", auth.ErrInvalid},
		{"stray bits in the signature", strayBits(whole), auth.ErrInvalid},
		{"no exp", handMade(hs256, `{"aud":"mediarelay","sub":"ada","channel":"acme","scope":"upload"}`), auth.ErrInvalid},
		{"exp null", handMade(hs256, good(`"exp":null`)), auth.ErrInvalid},
		{"exp in a string", handMade(hs256, good(fmt.Sprintf(`"exp":"%d"`, in(time.Hour)))), auth.ErrInvalid},
		{"exp 1e400", handMade(hs256, good(`"exp":1e400`)), auth.ErrInvalid},
		{"exp 1e300", handMade(hs256, good(`"exp":1e300`)), auth.ErrInvalid},
		{"exp NaN", handMade(hs256, good(`"exp":NaN`)), auth.ErrInvalid},
		{"expired beyond leeway", handMade(hs256, good(fmt.Sprintf(`"exp":%d`, in(-2*auth.Leeway)))), auth.ErrExpired},
		{"nbf in the future", handMade(hs256, good(fmt.Sprintf(`"nbf":%d`, in(time.Hour)))), auth.ErrInvalid},
		{"aud of another", handMade(hs256, good(`"aud":"other"`)), auth.ErrInvalid},
		{"aud list of others", handMade(hs256, good(`"aud":["other","mediarelay2"]`)), auth.ErrInvalid},
		{"aud empty", handMade(hs256, good(`"aud":[]`)), auth.ErrInvalid},
		{"aud a number", handMade(hs256, good(`"aud":7`)), auth.ErrInvalid},
		{"no sub", handMade(hs256, good(`"sub":""`)), auth.ErrInvalid},
		{"a sub of 256 bytes", handMade(hs256, good(`"sub":"`+strings.Repeat("a", 256)+`"`)), auth.ErrInvalid},
		{"no channel", handMade(hs256, good(`"channel":""`)), auth.ErrInvalid},
		{"a list of channels", handMade(hs256, good(`"channel":["acme","demo"]`)), auth.ErrInvalid},
		{"an unknown channel", handMade(hs256, good(`"channel":"stranger"`)), auth.ErrUnknownChannel},
		{"an unknown kind", handMade(hs256, good(`"kinds":["image","hologram"]`)), auth.ErrInvalid},
		{"no kind", handMade(hs256, good(`"kinds":[]`)), auth.ErrInvalid},
		{"kinds a number", handMade(hs256, good(`"kinds":3`)), auth.ErrInvalid},
		{"an unknown purpose", handMade(hs256, good(`"purposes":"fame"`)), auth.ErrInvalid},
		{"no purpose", handMade(hs256, good(`"purposes":""`)), auth.ErrInvalid},
		{"max_bytes 0", handMade(hs256, good(`"max_bytes":0`)), auth.ErrInvalid},
		{"max_bytes below 0", handMade(hs256, good(`"max_bytes":-1`)), auth.ErrInvalid},
		{"max_bytes in a string", handMade(hs256, good(`"max_bytes":"5"`)), auth.ErrInvalid},
		{"payload null", handMade(hs256, `null`), auth.ErrInvalid},
		{"payload a list", handMade(hs256, `[]`), auth.ErrInvalid},
		{"a newline at the end", whole + "\n", auth.ErrInvalid},
		{"a newline in the middle", strings.Replace(whole, ".", ".\r\n", 1), auth.ErrInvalid},
		{"a space before", " " + whole, auth.ErrInvalid},
		{"padding", whole + "=", auth.ErrInvalid},
		{"four parts", whole + ".e30", auth.ErrInvalid},
		{"a million dots", strings.Repeat(".", 1_000_000), auth.ErrInvalid},
		{"8 KiB of dots", strings.Repeat(".", 8<<10), auth.ErrInvalid},
		{"a megabyte, well signed", handMade(hs256, good(`"x":"`+strings.Repeat("a", 1<<20)+`"`)), auth.ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := verifier(t, config()).Verify(tt.token)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if part := firstPart(tt.token); part != "" && strings.Contains(err.Error(), part) {
				t.Errorf("the error contains a part of the token: %v", err)
			}
		})
	}
}

func TestIssuerIsCheckedIfConfigured(t *testing.T) {
	c := config()
	c.Issuer = "portal"
	for name, more := range map[string]string{"missing": `"iss":""`, "another": `"iss":"stranger"`, "a list": `"iss":["portal"]`} {
		t.Run(name, func(t *testing.T) {
			token := handMade(hs256, good(more))
			if _, err := verifier(t, c).Verify(token); !errors.Is(err, auth.ErrInvalid) {
				t.Errorf("got %v, want %v", err, auth.ErrInvalid)
			}
		})
	}
}

func TestInvalidConfigs(t *testing.T) {
	for name, c := range map[string]auth.Config{
		"a secret of 31 bytes": {Secret: []byte(strings.Repeat("s", 31)), Audience: "mediarelay"},
		"no secret":            {Audience: "mediarelay"},
		"no audience":          {Secret: []byte(secret)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := auth.NewVerifier(c); err == nil {
				t.Error("NewVerifier succeeded")
			}
			if _, err := auth.Sign(c, auth.Claims{}); err == nil {
				t.Error("Sign succeeded")
			}
		})
	}
}

func TestSignRejectsInvalidClaims(t *testing.T) {
	soon := time.Now().Add(time.Hour)
	for name, claims := range map[string]auth.Claims{
		"no subject":      {Channel: "acme", ExpiresAt: soon},
		"no channel":      {Subject: "ada", ExpiresAt: soon},
		"already expired": {Subject: "ada", Channel: "acme", ExpiresAt: time.Now().Add(-time.Hour)},
		"no end":          {Subject: "ada", Channel: "acme"},
	} {
		t.Run(name, func(t *testing.T) {
			if token, err := auth.Sign(config(), claims); err == nil {
				t.Errorf("signed %s", token)
			}
		})
	}
}

func TestClaimsInAContext(t *testing.T) {
	if _, ok := auth.FromContext(context.Background()); ok {
		t.Error("an empty context has claims")
	}
	ctx := auth.NewContext(context.Background(), auth.Claims{Subject: "ada"})
	if claims, ok := auth.FromContext(ctx); !ok || claims.Subject != "ada" {
		t.Errorf("got %v, %v", claims, ok)
	}
}

func FuzzVerify(f *testing.F) {
	v, err := auth.NewVerifier(config())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encode(hs256), encode(good()))
	f.Add(encode(`{"alg":"none"}`), encode(`null`))
	f.Fuzz(func(t *testing.T, header, payload string) {
		if claims, err := v.Verify(header + "." + payload + ".AAAA"); err == nil {
			t.Errorf("a token without a valid signature is accepted: %v", claims)
		}
	})
}

// strayBits changes the unused bits of the last base64 character: a lenient decoder
// decodes the same signature from another text.
func strayBits(token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := slices.Index([]byte(alphabet), token[len(token)-1])
	return token[:len(token)-1] + string(alphabet[last|1])
}

func firstPart(token string) string {
	payload, _, _ := strings.Cut(token, ".")
	return strings.TrimSpace(payload)
}
