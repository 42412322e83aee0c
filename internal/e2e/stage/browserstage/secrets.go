package browserstage

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
)

// secrets are the keys and tokens that must not appear anywhere.
type secrets struct {
	mu     sync.Mutex
	tokens []string
}

// secretTexts are the keys, and the signature of each token, which no other text contains.
func (s *secrets) secretTexts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []string{stage.APIKey, stage.JWTSecret}
	for _, token := range s.tokens {
		list = append(list, token[strings.LastIndex(token, ".")+1:])
	}
	return list
}

// Token signs a token for Ana that expires after a time, which may be negative.
func (s *Stage) Token(life time.Duration) string {
	s.Helper()
	return s.TokenOf("ana", life)
}

// TokenOf signs a token for a subject.
func (s *Stage) TokenOf(subject string, life time.Duration) string {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	claims := jwt.MapClaims{
		"aud": "mediarelay", "sub": subject, "channel": stage.Channel, "scope": "upload assets:read", "exp": time.Now().Add(life).Unix(),
		"jti": fmt.Sprint(len(s.tokens)), // makes each token unique
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(stage.JWTSecret))
	s.Must(err)
	s.tokens = append(s.tokens, token)
	return token
}
