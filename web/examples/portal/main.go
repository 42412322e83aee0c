// The program portal is an example of a site that embeds <media-upload>: an origin, a back
// end and a token route of its own, and a strict Content-Security-Policy. It stores
// campaigns in memory and has no accounts: everybody is ada.
//
// docs/embedding.md explains each step.
package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

type campaign struct {
	Title  string
	Assets []string // IDs of assets on the media server
}

type portal struct {
	media, channel string
	secret         []byte

	mu        sync.Mutex
	campaigns []campaign
}

func main() {
	listen := flag.String("listen", "localhost:8081", "address of this site")
	media := flag.String("media", "http://localhost:8080", "URL of the media server")
	channel := flag.String("channel", "demo", "the channel that the tokens are for")
	flag.Parse()
	secret, err := readSecret()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", *listen) //nolint:noctx // it is closed with the process
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("The portal is at http://%s\nIts media server needs MEDIARELAY_ALLOWED_ORIGINS=http://%[1]s\n", *listen)
	p := &portal{media: *media, channel: *channel, secret: secret}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.showPage)
	mux.HandleFunc("POST /campaigns", p.save)
	mux.HandleFunc("POST /portal/token", p.token)
	// Other sites cannot post as the person who is signed in here.
	server := http.Server{Handler: http.NewCrossOriginProtection().Handler(mux), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}

// readSecret reads the secret that portal and media server share. Without the variable it
// is the one that make run generated.
func readSecret() ([]byte, error) {
	if secret := os.Getenv("MEDIARELAY_JWT_SECRET"); secret != "" {
		return []byte(secret), nil
	}
	path := cmp.Or(os.Getenv("MEDIARELAY_JWT_SECRET_FILE"), "data/sandbox-secret")
	secret, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: run make run first, or set MEDIARELAY_JWT_SECRET", err)
	}
	return []byte(strings.TrimRight(string(secret), "\r\n")), nil
}

func (p *portal) showPage(w http.ResponseWriter, _ *http.Request) {
	nonce := rand.Text()
	w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src %[1]s 'wasm-unsafe-eval' 'nonce-%[2]s'; "+
		"worker-src blob: %[1]s; img-src blob:; connect-src 'self' %[1]s; style-src 'nonce-%[2]s'; form-action 'self'; "+
		"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html mediarelay", p.media, nonce))
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := page.Execute(w, map[string]any{"Nonce": nonce, "Media": p.media, "Campaigns": p.campaigns}); err != nil {
		log.Print(err)
	}
}

// save stores what the form submits: of the element, the asset IDs.
func (p *portal) save(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.campaigns = append(p.campaigns, campaign{r.FormValue("title"), r.Form["media"]})
	p.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// token signs a token for the person whose session the request belongs to.
func (p *portal) token(w http.ResponseWriter, _ *http.Request) {
	claims, err := json.Marshal(map[string]any{
		"aud": "mediarelay", "sub": "ada", "channel": p.channel, "scope": "upload assets:read",
		"exp": time.Now().Add(15 * time.Minute).Unix(),
	})
	if err != nil {
		http.Error(w, "no token", http.StatusInternalServerError)
		return
	}
	base64url := base64.RawURLEncoding
	text := base64url.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64url.EncodeToString(claims)
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte(text))
	fmt.Fprint(w, text+"."+base64url.EncodeToString(mac.Sum(nil)))
}
