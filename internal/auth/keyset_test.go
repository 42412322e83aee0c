package auth_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/auth"
)

// The keys of the tests, by kid.
var (
	rsaKey, _    = rsa.GenerateKey(rand.Reader, 2048)
	smallRSA, _  = rsa.GenerateKey(rand.Reader, 1024)
	ecKey, _     = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edKey, _  = ed25519.GenerateKey(rand.Reader)
	_, newKey, _ = ed25519.GenerateKey(rand.Reader)
)

type jwk map[string]any

func octets(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func rsaJWK(kid string, key *rsa.PrivateKey) jwk {
	return jwk{"kty": "RSA", "kid": kid, "n": octets(key.N.Bytes()), "e": octets(big.NewInt(int64(key.E)).Bytes())}
}

func ecJWK(kid string) jwk {
	point, _ := ecKey.PublicKey.Bytes()
	return jwk{"kty": "EC", "crv": "P-256", "kid": kid, "x": octets(point[1:33]), "y": octets(point[33:])}
}

func edJWK(kid string, key ed25519.PrivateKey) jwk {
	return jwk{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": octets(key.Public().(ed25519.PublicKey))}
}

func (k jwk) with(name string, value any) jwk {
	k[name] = value
	return k
}

func setOf(keys ...jwk) string {
	text, _ := json.Marshal(map[string]any{"keys": keys})
	return string(text)
}

func threeKeys() string { return setOf(rsaJWK("rsa", rsaKey), ecJWK("ec"), edJWK("ed", edKey)) }

func keySetFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jwks.json")
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// withKeys is a config with a key set and no secret.
func withKeys(t *testing.T) auth.Config {
	t.Helper()
	return auth.Config{KeySetFile: keySetFile(t, threeKeys()), Audience: "mediarelay", Channels: []string{"acme"}}
}

func signedBy(method jwt.SigningMethod, kid string, key any) string {
	token := jwt.NewWithClaims(method, jwt.MapClaims{
		"aud": "mediarelay", "sub": "ada", "channel": "acme", "scope": "upload", "exp": time.Now().Add(time.Hour).Unix(),
	})
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		panic(err)
	}
	return text
}

func TestKeySetsVerify(t *testing.T) {
	v := verifier(t, withKeys(t))
	for name, token := range map[string]string{
		"RS256": signedBy(jwt.SigningMethodRS256, "rsa", rsaKey),
		"ES256": signedBy(jwt.SigningMethodES256, "ec", ecKey),
		"EdDSA": signedBy(jwt.SigningMethodEdDSA, "ed", edKey),
	} {
		if claims, err := v.Verify(token); err != nil || claims.Subject != "ada" {
			t.Errorf("%s: %+v, %v", name, claims, err)
		}
	}
	if _, err := auth.Sign(withKeys(t), auth.Claims{Subject: "ada", Channel: "acme", ExpiresAt: time.Now().Add(time.Hour)}); err == nil {
		t.Error("Sign succeeded without a secret")
	}
}

const (
	noKid       = "The token's header has no kid. Name the key of the key set that signs the token."
	unknownKid  = "The token's kid names no key of this server's key set. Publish the key before it signs; the set is read again at most once a minute."
	alienAlg    = "The token's header has another alg than the key that its kid names. Sign with …"
	unknownAlg  = "The token's header has an alg that this server does not accept. Sign with …"
	wrongSigned = "The token's signature does not match its content and this server's key. Sign with the secret or private key that belongs to this server's settings."
)

// wrongKeys are the reasons that only key sets have.
func wrongKeys() []wrongToken {
	return []wrongToken{
		{"", noKid, []string{signedBy(jwt.SigningMethodRS256, "", rsaKey)}},
		{"", unknownKid, []string{signedBy(jwt.SigningMethodRS256, "nobody", rsaKey)}},
		{"", alienAlg, []string{signedBy(jwt.SigningMethodRS256, "ec", rsaKey), signedBy(jwt.SigningMethodES256, "rsa", ecKey)}},
	}
}

// The algorithm comes from the key, and the key from the kid. Nothing in a token changes
// either.
func TestAlgorithmConfusion(t *testing.T) {
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	crafted := func(header string) string { return handMade(header, good()) }
	own := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{})
	own.Header["jwk"], own.Header["kid"] = edJWK("ed", newKey), "ed"
	embedded, err := own.SignedString(newKey)
	if err != nil {
		t.Fatal(err)
	}
	only, both := withKeys(t), withKeys(t)
	both.Secret = []byte(secret)
	for _, tt := range []struct {
		name   string
		config auth.Config
		token  string
		want   string
	}{
		{"the public key as HMAC secret", only, signedBy(jwt.SigningMethodHS256, "rsa", publicPEM), unknownAlg},
		{"the public key's DER as HMAC secret", only, signedBy(jwt.SigningMethodHS256, "rsa", der), unknownAlg},
		{"the public key as HMAC secret beside a secret", both, signedBy(jwt.SigningMethodHS256, "rsa", publicPEM), alienAlg},
		{"the public key as HMAC secret, no kid", both, signedBy(jwt.SigningMethodHS256, "", publicPEM), wrongSigned},
		{"our secret with a kid", both, signedBy(jwt.SigningMethodHS256, "ed", []byte(secret)), alienAlg},
		{"our secret with an unknown kid", both, signedBy(jwt.SigningMethodHS256, "nobody", []byte(secret)), unknownKid},
		{"our secret where only keys sign", only, signedBy(jwt.SigningMethodHS256, "", []byte(secret)), unknownAlg},
		{"none", only, encode(`{"alg":"none","kid":"rsa"}`) + "." + encode(good()) + ".", unknownAlg},
		{"none beside a secret", both, encode(`{"alg":"none"}`) + "." + encode(good()) + ".", unknownAlg},
		{"PS256", only, signedBy(jwt.SigningMethodPS256, "rsa", rsaKey), unknownAlg},
		{"RS512", only, signedBy(jwt.SigningMethodRS512, "rsa", rsaKey), unknownAlg},
		{"no kid", only, signedBy(jwt.SigningMethodRS256, "", rsaKey), noKid},
		{"no kid beside a secret", both, signedBy(jwt.SigningMethodRS256, "", rsaKey), noKid},
		{"a kid that is a number", only, crafted(`{"alg":"RS256","kid":7}`), noKid},
		{"the kid of another alg", only, signedBy(jwt.SigningMethodRS256, "ec", rsaKey), alienAlg},
		{"the kid of another key", only, signedBy(jwt.SigningMethodEdDSA, "ed", newKey), wrongSigned},
		{"a key in the header", only, embedded, wrongSigned},
		{"crit", only, crafted(`{"alg":"RS256","kid":"rsa","crit":["x"]}`), "The token's header has crit, and this server supports no extensions. Sign without crit."},
	} {
		_, err := verifier(t, tt.config).Verify(tt.token)
		var invalid *auth.InvalidError
		if !errors.As(err, &invalid) || !matches(tt.want, invalid.Detail) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// With a secret and a key set, the secret signs tokens without a kid.
func TestASecretBesideAKeySet(t *testing.T) {
	c := withKeys(t)
	c.Secret = []byte(secret)
	v := verifier(t, c)
	for name, token := range map[string]string{
		"the secret, no kid": signedBy(jwt.SigningMethodHS256, "", []byte(secret)),
		"a key":              signedBy(jwt.SigningMethodEdDSA, "ed", edKey),
	} {
		if _, err := v.Verify(token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	alone := c
	alone.KeySetFile = ""
	if _, err := verifier(t, alone).Verify(signedBy(jwt.SigningMethodHS256, "any", []byte(secret))); err != nil {
		t.Errorf("a kid without a key set: %v", err)
	}
}

func TestKeySetsThatAreRejected(t *testing.T) {
	private := edJWK("ed", edKey).with("d", octets(edKey.Seed()))
	offCurve := ecJWK("ec").with("y", octets(make([]byte, 32)))
	for name, c := range map[string]struct{ text, want string }{
		"nothing":               {"", "it is not a JWK Set"},
		"half of a file":        {threeKeys()[:100], "it is not a JWK Set"},
		"a list":                {"[]", "it is not a JWK Set"},
		"no keys":               {`{"keys":[]}`, "it has no key with a kid for [RS256 ES256 EdDSA]"},
		"a symmetric key":       {setOf(rsaJWK("rsa", rsaKey), jwk{"kty": "oct", "kid": "k", "k": octets([]byte(secret)), "alg": "HS256"}), "key 2 of the set is symmetric"},
		"a private key":         {setOf(private), "key 1 of the set is a private key"},
		"one kid twice":         {setOf(rsaJWK("a", rsaKey), ecJWK("a")), "key 2 of the set has the kid of an earlier one"},
		"no kid":                {setOf(rsaJWK("", rsaKey)), "it has no key with a kid"},
		"RSA of 1024 bits":      {setOf(rsaJWK("rsa", smallRSA)), "key 1 of the set cannot be used: an RSA key needs at least 2048 bits"},
		"not on the curve":      {setOf(offCurve), "key 1 of the set cannot be used"},
		"no modulus":            {setOf(jwk{"kty": "RSA", "kid": "a"}), "key 1 of the set cannot be used"},
		"for encryption only":   {setOf(rsaJWK("a", rsaKey).with("use", "enc")), "it has no key with a kid"},
		"of another algorithm":  {setOf(rsaJWK("a", rsaKey).with("alg", "RS512")), "it has no key with a kid"},
		"not for verification":  {setOf(rsaJWK("a", rsaKey).with("key_ops", []string{"encrypt"})), "it has no key with a kid"},
		"of another curve":      {setOf(ecJWK("a").with("crv", "P-384")), "it has no key with a kid"},
		"larger than the limit": {setOf(rsaJWK("a", rsaKey).with("x", strings.Repeat("a", 300<<10))), "it is larger than 262144 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			config := withKeys(t)
			config.KeySetFile = keySetFile(t, c.text)
			_, err := auth.NewVerifier(config)
			if err == nil || !strings.Contains(err.Error(), "MEDIARELAY_JWT_JWKS_FILE: the key set cannot be read: "+c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// Issuers publish keys for other uses too.
func TestOtherKeysOfASetAreIgnored(t *testing.T) {
	c := withKeys(t)
	c.KeySetFile = keySetFile(t, setOf(
		rsaJWK("enc", rsaKey).with("use", "enc").with("x5u", "https://127.0.0.1:1/"), ecJWK("p384").with("crv", "P-384"),
		jwk{"kty": "later", "kid": "l"}, edJWK("ed", edKey).with("alg", "Ed25519").with("use", "sig").with("x5c", []string{"AAAA"})))
	v := verifier(t, c)
	if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "ed", edKey)); err != nil {
		t.Error(err)
	}
	if _, err := v.Verify(signedBy(jwt.SigningMethodRS256, "enc", rsaKey)); !errors.Is(err, auth.ErrInvalid) {
		t.Errorf("a key for encryption verifies: %v", err)
	}
}
