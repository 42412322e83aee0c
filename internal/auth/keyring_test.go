package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/auth"
)

// issuer serves a key set that a test can change.
type issuer struct {
	*httptest.Server
	set   atomic.Value // the text; empty for 503
	reads atomic.Int32
}

func newIssuer(t *testing.T, set string) *issuer {
	t.Helper()
	i := &issuer{}
	i.set.Store(set)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.reads.Add(1)
		if i.set.Load() == "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(i.set.Load().(string)))
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) config() auth.Config {
	return auth.Config{KeySetURL: i.URL + "/jwks.json", Audience: "mediarelay", Channels: []string{"acme"}}
}

// A token of a key that the set lacks causes a read, at most once a minute, whoever
// sends it.
func TestAnUnknownKidReadsTheSetOnceAMinute(t *testing.T) {
	i := newIssuer(t, threeKeys())
	v := verifier(t, i.config())
	now := time.Now()
	v.SetClock(func() time.Time { return now })
	i.set.Store(setOf(edJWK("new", newKey)))
	rotated := signedBy(jwt.SigningMethodEdDSA, "new", newKey)
	if _, err := v.Verify(rotated); err != nil {
		t.Errorf("the new key is not accepted: %v", err)
	}
	if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "ed", edKey)); !errors.Is(err, auth.ErrInvalid) {
		t.Errorf("the withdrawn key: got %v, want ErrInvalid", err)
	}
	for range 50 {
		if _, err := v.Verify(signedBy(jwt.SigningMethodRS256, "nobody", rsaKey)); !errors.Is(err, auth.ErrInvalid) {
			t.Errorf("got %v, want ErrInvalid", err)
		}
	}
	if reads := i.reads.Load(); reads != 2 {
		t.Errorf("the set was read %d times, want at the start and for the new key", reads)
	}
	now = now.Add(time.Minute)
	_, _ = v.Verify(signedBy(jwt.SigningMethodRS256, "nobody", rsaKey))
	if reads := i.reads.Load(); reads != 3 {
		t.Errorf("after a minute the set was read %d times, want 3", reads)
	}
}

// While the URL is down, the keys of before verify. A key that may be new is a 503.
func TestAKeySetThatIsDownKeepsItsKeys(t *testing.T) {
	i := newIssuer(t, threeKeys())
	v := verifier(t, i.config())
	for _, broken := range []string{"", "<html>", setOf(jwk{"kty": "oct", "k": "AAAA", "kid": "ed"})} {
		i.set.Store(broken)
		if err := v.Reread(t.Context()); err == nil || v.KeySetError() == nil {
			t.Errorf("%q: no error", broken)
		}
		if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "ed", edKey)); err != nil {
			t.Errorf("%q: %v", broken, err)
		}
		if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "new", newKey)); !errors.Is(err, auth.ErrUnavailable) || strings.Contains(err.Error(), i.URL) {
			t.Errorf("%q: got %v, want ErrUnavailable", broken, err)
		}
		if err := v.Ready(t.Context()); err != nil {
			t.Errorf("%q: not ready: %v", broken, err)
		}
	}
	i.set.Store(threeKeys())
	if err := v.Reread(t.Context()); err != nil || v.KeySetError() != nil {
		t.Errorf("back again: %v, %v", err, v.KeySetError())
	}
}

// A server starts while its issuer is down, and says that it is not ready.
func TestAKeySetThatWasNeverRead(t *testing.T) {
	i := newIssuer(t, "")
	v := verifier(t, i.config())
	if err := v.Ready(t.Context()); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "ed", edKey)); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	i.set.Store(threeKeys())
	if err := v.Reread(t.Context()); err != nil || v.Ready(t.Context()) != nil {
		t.Errorf("%v, %v", err, v.Ready(t.Context()))
	}
}

func TestRedirectsOfAKeySetStayOnItsHost(t *testing.T) {
	other := newIssuer(t, threeKeys())
	var to string
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			_, _ = w.Write([]byte(threeKeys()))
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}))
	defer host.Close()
	c := other.config()
	c.KeySetURL = host.URL
	for target, want := range map[string]bool{other.URL: false, host.URL + "/moved": true, host.URL: false} {
		to = target
		if v := verifier(t, c); (v.KeySetError() == nil) != want {
			t.Errorf("a redirect: %v, want success %t", v.KeySetError(), want)
		}
	}
	if reads := other.reads.Load(); reads != 0 {
		t.Errorf("the other host was asked %d times", reads)
	}
}

// A changed file is read without a restart; half of one keeps the keys of before.
func TestAKeySetFileRotates(t *testing.T) {
	c := withKeys(t)
	v := verifier(t, c)
	write(t, c.KeySetFile, threeKeys()[:50])
	if err := v.Reread(t.Context()); err == nil || strings.Contains(err.Error(), c.KeySetFile) {
		t.Errorf("half of a file: %v", err)
	}
	if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "ed", edKey)); err != nil {
		t.Error(err)
	}
	write(t, c.KeySetFile, setOf(edJWK("new", newKey)))
	if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "new", newKey)); err != nil {
		t.Errorf("the new key: %v", err)
	}
	if _, err := v.Verify(signedBy(jwt.SigningMethodEdDSA, "ed", edKey)); !errors.Is(err, auth.ErrInvalid) {
		t.Errorf("the withdrawn key: %v", err)
	}
}
