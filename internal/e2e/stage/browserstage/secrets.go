package browserstage

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
)

// secrets are what must not be found anywhere.
type secrets struct {
	mu     sync.Mutex
	tokens []string
}

// secretTexts are the keys, and of each token what tells it from others: its signature.
func (s *secrets) secretTexts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []string{stage.APIKey, stage.JWTSecret}
	for _, token := range s.tokens {
		list = append(list, token[strings.LastIndex(token, ".")+1:])
	}
	return list
}

// token signs a token of Ana's that ends at a time from now, in the past too.
func (s *Stage) Token(life time.Duration) string {
	s.Helper()
	return s.TokenOf("ana", life)
}

func (s *Stage) TokenOf(subject string, life time.Duration) string {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	claims := jwt.MapClaims{
		"aud": "mediarelay", "sub": subject, "channel": stage.Channel, "scope": "upload assets:read", "exp": time.Now().Add(life).Unix(),
		"jti": fmt.Sprint(len(s.tokens)), // no two are alike
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(stage.JWTSecret))
	s.Must(err)
	s.tokens = append(s.tokens, token)
	return token
}
