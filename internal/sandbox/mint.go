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

// digits makes a random number of n digits, as the API writes its ids.
func digits(n int64) string {
	least := new(big.Int).Exp(big.NewInt(10), big.NewInt(n-1), nil)
	random, _ := rand.Int(rand.Reader, new(big.Int).Mul(least, big.NewInt(9)))
	return random.Add(random, least).String()
}

// mintMediaID gives 16 and 17 digits by turns. Numbers of 17 digits do not fit
// the 53 bits of a JavaScript number, so that whoever reads one as a number
// gets another.
func (s *Server) mintMediaID() media.MediaID {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.minted++
	return media.MediaID(digits(16 + int64(s.minted%2)))
}

const sessionPrefix = "upload:"

// mintSessionID makes an id of the real form: the base64 of what was asked for,
// with its padding, and a signature over it.
func (s *Server) mintSessionID(length int64, mediaType string) media.SessionID {
	content := fmt.Sprintf("1:attachment:%s?file_length=%d&file_type=%s", uuid(), length, url.QueryEscape(mediaType))
	body := sessionPrefix + base64.StdEncoding.EncodeToString([]byte(content))
	return media.SessionID(body + "?sig=" + s.sign(body))
}

// signed tells whether an id was made here and is unaltered.
func (s *Server) signed(id media.SessionID) bool {
	body, signature, _ := strings.Cut(string(id), "?sig=")
	return hmac.Equal([]byte(signature), []byte(s.sign(body)))
}

func (s *Server) sign(text string) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(text))
	return "AR" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// handleLifetime: no page states one; the handles that were published carry an
// end about two days after they were made.
const handleLifetime = 48 * time.Hour

// mintHandle makes a handle of the form that is seen in the field:
//
//	4:<base64 name>:<base64 type>:<token>:e:<unix end>:<app>:<user>:<signature>
func (s *Server) mintHandle(one *session, end time.Time) media.Handle {
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	body := strings.Join([]string{
		"4", encode(one.name), encode(one.mediaType), "AR" + rand.Text(),
		"e", strconv.FormatInt(end.Unix(), 10), one.owner.AppID, one.owner.userID,
	}, ":")
	return media.Handle(body + ":" + s.sign(body))
}

func mintMessageID() string {
	return "wamid." + base64.StdEncoding.EncodeToString([]byte(rand.Text()+rand.Text()))
}

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
