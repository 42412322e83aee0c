package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mediarelay/internal/media"
)

// digits returns a random decimal number of n digits, the form of the API's IDs.
func digits(n int64) string {
	least := new(big.Int).Exp(big.NewInt(10), big.NewInt(n-1), nil)
	random, _ := rand.Int(rand.Reader, new(big.Int).Mul(least, big.NewInt(9)))
	return random.Add(random, least).String()
}

// newMediaID returns IDs of 16 and 17 digits alternately. A number of 17 digits exceeds
// the 53 bits of a JavaScript number, so that a client which parses IDs as numbers
// corrupts it.
func (s *Server) newMediaID() media.MediaID {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.created++
	return media.MediaID(digits(16 + int64(s.created%2)))
}

const sessionPrefix = "upload:"

// newSessionID returns an ID in the form of the real API: the requested upload in base64
// with padding, and a signature.
func (s *Server) newSessionID(length int64, mediaType string) media.SessionID {
	content := fmt.Sprintf("1:attachment:%s?file_length=%d&file_type=%s", uuid(), length, url.QueryEscape(mediaType))
	body := sessionPrefix + base64.StdEncoding.EncodeToString([]byte(content))
	return media.SessionID(body + "?sig=" + s.sign(body))
}

// isSigned reports whether the Server issued an ID and it is unaltered.
func (s *Server) isSigned(id media.SessionID) bool {
	body, signature, _ := strings.Cut(string(id), "?sig=")
	return hmac.Equal([]byte(signature), []byte(s.sign(body)))
}

// sign returns a signature of text in the form of the API's.
func (s *Server) sign(text string) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(text))
	return "AR" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// handleLifetime is the time until a handle expires. No page states it; published handles
// contain an expiry about two days after their creation.
const handleLifetime = 48 * time.Hour

// newHandle returns a handle in the form of published handles:
//
//	4:<base64 name>:<base64 type>:<token>:e:<Unix expiry>:<app>:<user>:<signature>
func (s *Server) newHandle(session *uploadSession, expiry time.Time) media.Handle {
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	body := strings.Join([]string{
		"4", encode(session.name), encode(session.mediaType), "AR" + rand.Text(),
		"e", strconv.FormatInt(expiry.Unix(), 10), session.owner.AppID, session.owner.userID,
	}, ":")
	return media.Handle(body + ":" + s.sign(body))
}

func newMessageID() string {
	return "wamid." + base64.StdEncoding.EncodeToString([]byte(rand.Text()+rand.Text()))
}

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
