package stage

import (
	"context"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Claims are the claims of a token of ana, who uploads to Channel.
func Claims() jwt.MapClaims {
	return jwt.MapClaims{
		"aud": "mediarelay", "sub": "ana", "channel": Channel, "scope": "upload assets:read", "exp": time.Now().Add(time.Hour).Unix(),
	}
}

// Sign signs a token with the server's secret. Further claims replace those of Claims.
func (i *Process) Sign(further jwt.MapClaims) string {
	i.Helper()
	claims := Claims()
	maps.Copy(claims, further)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(JWTSecret))
	i.Must(err)
	return token
}

// As is a client of the same server with another token.
func (i *Process) As(token string) *Process {
	other := *i
	other.Token = token
	return &other
}

// Do sends a request and returns the answer with its body. Headers are pairs of name and
// value.
func (i *Process) Do(method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	i.Helper()
	ctx, cancel := context.WithTimeout(i.Context(), Timeout)
	defer cancel()
	answer, err := i.request(ctx, method, i.URL()+path, body, headers...)
	i.Must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	i.Must(err)
	return answer, string(text)
}
