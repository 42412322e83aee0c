package attacks

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
)

var base64url = base64.RawURLEncoding

// signedText signs a payload that no JSON library would write.
func signedText(payload string) string {
	text := base64url.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64url.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, []byte(stage.JWTSecret))
	mac.Write([]byte(text))
	return text + "." + base64url.EncodeToString(mac.Sum(nil))
}

// wantRefused wants a token to be answered with a status and a detail, and none of its
// parts to be in the answer or in the log.
func wantRefused(i *stage.Process, token string, status int, detail string) {
	i.Helper()
	answer, text := i.As(token).Do(http.MethodGet, "/v1/uploads/"+unknownID, nil)
	var problem struct{ Detail string }
	i.Must(json.Unmarshal([]byte(text), &problem))
	if answer.StatusCode != status || !strings.Contains(problem.Detail, detail) {
		i.Errorf("got %d %s, want %d with %s", answer.StatusCode, text, status, detail)
	}
	for _, part := range strings.Split(token, ".") {
		if len(part) > 12 && (strings.Contains(text, part) || i.ServerLog.LineWith(part) != "") {
			i.Errorf("a part of the token is in the answer or the log: %s", part)
		}
	}
}

// Names of claims are exact and occur once; the error names the claim.
func TestClaimNamesAreExact(t *testing.T) {
	t.Parallel()
	i := start(t)
	exp := time.Now().Add(time.Hour).Unix()
	rest := fmt.Sprintf(`"aud":"mediarelay","sub":"bob","scope":"upload","exp":%d`, exp)
	for _, c := range []struct{ payload, detail string }{
		{`{"CHANNEL":"acme",` + rest + `}`, "channel claim is missing"},
		{`{"channel":"other","channel":"acme",` + rest + `}`, "channel claim occurs more than once"},
		{`{"channel":"other","chann\u0065l":"acme",` + rest + `}`, "channel claim occurs more than once"},
		{`{"channel":"acme","sub":"ana",` + rest + `}`, "sub claim occurs more than once"},
		{`{"channel":"acme","max_bytes":1,"max_bytes":100000000,` + rest + `}`, "max_bytes claim occurs more than once"},
		{`{"channel":"acme","x":1,"x":2,` + rest + `}`, "One of the token's claims occurs more than once"},
		{`{"channel":"acme","max_bytes":null,` + rest + `}`, "max_bytes claim is not"},
		{`{"channel":["acme"],` + rest + `}`, "channel claim is not"},
	} {
		wantRefused(i, signedText(c.payload), http.StatusUnauthorized, c.detail)
	}
	wantRefused(i, i.Sign(jwt.MapClaims{"channel": "nowhere", "CHANNEL": "acme"}), http.StatusForbidden, "channel claim does not name")
	wantRefused(i, i.Sign(jwt.MapClaims{"exp": exp - 7200}), http.StatusUnauthorized, "exp claim is in the past")
	wantRefused(i, i.Sign(jwt.MapClaims{"scope": "assets:read"}), http.StatusForbidden, "scope claim must include upload")
}

// issuer publishes a key set that a test can change.
type issuer struct {
	*httptest.Server
	set   atomic.Value // a list of keys; nil for 503
	reads atomic.Int32
}

func newIssuer(t *testing.T, keys ...any) *issuer {
	t.Helper()
	s := &issuer{}
	s.set.Store(keys)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.reads.Add(1)
		if keys := s.set.Load().([]any); len(keys) > 0 {
			_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(s.Close)
	return s
}

func newKey(t *testing.T, kid string) (ed25519.PrivateKey, any) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, map[string]any{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": base64url.EncodeToString(public)}
}

func signedBy(i *stage.Process, method jwt.SigningMethod, kid string, key any) string {
	i.Helper()
	token := jwt.NewWithClaims(method, stage.Claims())
	token.Header["kid"] = kid
	text, err := token.SignedString(key)
	i.Must(err)
	return text
}

// A key set rotates without a restart, keeps its keys while its URL is down, and no token
// chooses its own algorithm.
func TestAKeySetOfTheRunningServer(t *testing.T) {
	t.Parallel()
	oldKey, oldJWK := newKey(t, "old")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaJWK := map[string]any{
		"kty": "RSA", "kid": "rsa", "n": base64url.EncodeToString(rsaKey.N.Bytes()), "e": base64url.EncodeToString(big.NewInt(int64(rsaKey.E)).Bytes()),
	}
	keys := newIssuer(t, oldJWK, rsaJWK)
	i := stage.NewProcess(t)
	delete(i.Env, "MEDIARELAY_JWT_SECRET")
	i.Env["MEDIARELAY_JWT_JWKS_URL"] = keys.URL
	i.Start()
	for name, token := range map[string]string{
		"EdDSA": signedBy(i, jwt.SigningMethodEdDSA, "old", oldKey), "RS256": signedBy(i, jwt.SigningMethodRS256, "rsa", rsaKey),
	} {
		person := i.As(token)
		person.WantDone([]*stage.File{{Name: name, Content: []byte("signed with " + name), ChunkSize: 64, Purposes: "message"}})
	}

	public, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	i.Must(err)
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	wantRefused(i, signedBy(i, jwt.SigningMethodHS256, "rsa", asPEM), http.StatusUnauthorized, "alg that this server does not accept")
	wantRefused(i, signedBy(i, jwt.SigningMethodRS256, "old", rsaKey), http.StatusUnauthorized, "another alg than the key that its kid names")
	wantRefused(i, signedBy(i, jwt.SigningMethodNone, "rsa", jwt.UnsafeAllowNoneSignatureType), http.StatusUnauthorized, "alg that this server does not accept")
	wantRefused(i, i.Sign(nil), http.StatusUnauthorized, "alg that this server does not accept") // our secret is not configured

	nextKey, nextJWK := newKey(t, "next")
	keys.set.Store([]any{nextJWK})
	i.As(signedBy(i, jwt.SigningMethodEdDSA, "next", nextKey)).WantDone([]*stage.File{
		{Name: "next", Content: []byte("signed with the next key"), ChunkSize: 64, Purposes: "message"},
	})
	wantRefused(i, signedBy(i, jwt.SigningMethodEdDSA, "old", oldKey), http.StatusUnauthorized, "kid names no key")
	if reads := keys.reads.Load(); reads != 2 {
		t.Errorf("the set was read %d times, want at the start and for the next key", reads)
	}
}
