package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/problem"
)

// workerPolicy is the policy of the worker's own scripts. It lets the worker
// compile WebAssembly, so that no page's policy has to, and load its second part.
const workerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"

// How long browsers keep a file without asking.
const (
	// forEver is for names that change with their content.
	// Source: RFC 8246, "immutable"; a year is the longest that RFC 9111's caches honour in practice.
	forEver = "public, max-age=31536000, immutable"
	// shortly is for names that stay. They are asked for again each time, which an
	// ETag answers with 304: an older copy would load files that a new version
	// no longer has.
	shortly = "public, max-age=0, must-revalidate"
)

// hashedName is a name with a hash of its content, as the web build makes them:
// at least eight letters and digits between the last dash and the ending.
var hashedName = regexp.MustCompile(`-[0-9A-Za-z]{8,}\.[a-z]+$`)

// workerName is the name of the worker's script, and of the part that it loads.
var workerName = regexp.MustCompile(`^(worker|sending)(-[0-9A-Za-z]{8,})?\.js$`)

// contentTypes by ending: the operating system's own table may lack or change them.
var contentTypes = map[string]string{
	".js":    "text/javascript; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".json":  "application/json",
	".map":   "application/json",
	".wasm":  "application/wasm",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".ico":   "image/x-icon",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// encodings are the compressed forms that lie beside a file, best first.
var encodings = []encoding{{name: "br", ending: ".br"}, {name: "gzip", ending: ".gz"}}

type encoding struct{ name, ending string }

// form is a file as it is sent: plain, or compressed at build time.
type form struct {
	path     string
	encoding string // empty for the plain form
	etag     string
	size     int64
}

// static serves the element's and the page's files.
type static struct {
	files fs.FS
	forms map[string][]form // by path; the plain form is the last
}

// newStatic reads every file once, for its digest: embedded files have no time of
// change, so a strong ETag is the only validator.
func newStatic(files fs.FS) (*static, error) {
	s := &static{files: files, forms: map[string][]form{}}
	for _, folder := range []string{"widget", "assets"} {
		if err := fs.WalkDir(files, folder, s.add); err != nil {
			return nil, fmt.Errorf("read the web files: %w", err)
		}
	}
	return s, nil
}

func (s *static) add(name string, entry fs.DirEntry, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a form that was not built is not served
	}
	if err != nil || entry.IsDir() || isCompressed(name) {
		return err
	}
	if contentTypes[path.Ext(name)] == "" {
		return fmt.Errorf("%s: no content type is known for %q", name, path.Ext(name))
	}
	for _, e := range encodings {
		if err := s.addForm(name, form{path: name + e.ending, encoding: e.name}); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.addForm(name, form{path: name})
}

func (s *static) addForm(name string, f form) error {
	file, err := s.files.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	digest := sha256.New()
	if f.size, err = io.Copy(digest, file); err != nil {
		return err
	}
	f.etag = strconv.Quote(hex.EncodeToString(digest.Sum(nil)[:16]))
	s.forms[name] = append(s.forms[name], f)
	return nil
}

func isCompressed(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
}

func (s *static) serve(c *gin.Context) {
	name := strings.TrimPrefix(c.Request.URL.Path, "/")
	forms, ok := s.forms[name]
	if !ok {
		refuse(c, problem.NotFound())
		return
	}
	chosen := chooseForm(forms, c.Request.Header.Values("Accept-Encoding"))
	file, err := s.files.Open(chosen.path)
	if err != nil {
		panic(fmt.Errorf("httpapi: internal error: open %s: %w", chosen.path, err))
	}
	defer file.Close() //nolint:errcheck // nothing was written
	content, ok := file.(io.ReadSeeker)
	if !ok {
		panic("httpapi: internal error: the web files cannot be read from the middle")
	}
	setFileHeaders(c.Writer.Header(), name, chosen)
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, content)
}

func setFileHeaders(h http.Header, name string, f form) {
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("ETag", f.etag)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", cacheFor(name))
	// The element is for pages of any origin, which load it as a module and so by
	// CORS, and for pages that are isolated by COEP. The files are public.
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if workerName.MatchString(path.Base(name)) {
		h.Set("Content-Security-Policy", workerPolicy)
	}
	if f.encoding != "" {
		h.Set("Content-Encoding", f.encoding)
		// http.ServeContent leaves the length out beside an encoding, since it
		// cannot know that the content is encoded already.
		h.Set("Content-Length", strconv.FormatInt(f.size, 10))
	}
}

func cacheFor(name string) string {
	if hashedName.MatchString(name) {
		return forEver
	}
	return shortly
}
