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

// workerPolicy is the policy of the worker's scripts. It allows the worker to compile
// WebAssembly, so that no page has to, and to load the script that it imports. It
// limits no requests: behind a portal that proxies these files, the media server is
// another origin, which this response cannot know. The page chooses the server, and
// nothing but our own script runs in the worker.
const workerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *"

// The Cache-Control header of a file.
const (
	// cacheImmutable is for names that contain a hash of the content.
	// Source: RFC 8246, "immutable"; a year is the longest that caches honour in practice.
	cacheImmutable = "public, max-age=31536000, immutable"
	// cacheRevalidate is for all other names. Browsers revalidate the file with its
	// ETag each time: an old copy would load files that a new version lacks.
	cacheRevalidate = "public, max-age=0, must-revalidate"
)

// hashedName matches a name with a hash of its content, as the web build makes them:
// at least eight letters and digits between the last dash and the extension.
var hashedName = regexp.MustCompile(`-[0-9A-Za-z]{8,}\.[a-z]+$`)

// workerName matches the worker's script and the script that it imports.
var workerName = regexp.MustCompile(`^(worker|upload-worker)(-[0-9A-Za-z]{8,})?\.js$`)

// contentTypes by extension. The operating system's table may lack some.
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

// encodings are the compressed variants of a file, best first.
var encodings = []encoding{{name: "br", extension: ".br"}, {name: "gzip", extension: ".gz"}}

type encoding struct{ name, extension string }

// variant is one encoding of a file: plain, or compressed at build time.
type variant struct {
	path     string
	encoding string // empty if not compressed
	etag     string
	size     int64
}

// static serves the element's and the page's files.
type static struct {
	files    fs.FS
	variants map[string][]variant // by path; the last is not compressed
}

// newStatic reads every file once, for its digest: embedded files have no
// modification time, so a strong ETag is the only validator.
func newStatic(files fs.FS) (*static, error) {
	s := &static{files: files, variants: map[string][]variant{}}
	for _, folder := range []string{"widget", "assets"} {
		if err := fs.WalkDir(files, folder, s.add); err != nil {
			return nil, fmt.Errorf("read the web files: %w", err)
		}
	}
	return s, nil
}

func (s *static) add(name string, entry fs.DirEntry, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a folder that was not built is not served
	}
	if err != nil || entry.IsDir() || isCompressed(name) {
		return err
	}
	if contentTypes[path.Ext(name)] == "" {
		return fmt.Errorf("%s: unknown content type for the extension %q", name, path.Ext(name))
	}
	for _, e := range encodings {
		if err := s.addVariant(name, variant{path: name + e.extension, encoding: e.name}); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.addVariant(name, variant{path: name})
}

func (s *static) addVariant(name string, v variant) error {
	file, err := s.files.Open(v.path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	digest := sha256.New()
	if v.size, err = io.Copy(digest, file); err != nil {
		return err
	}
	v.etag = strconv.Quote(hex.EncodeToString(digest.Sum(nil)[:16]))
	s.variants[name] = append(s.variants[name], v)
	return nil
}

func isCompressed(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
}

func (s *static) serve(c *gin.Context) {
	name := strings.TrimPrefix(c.Request.URL.Path, "/")
	variants, ok := s.variants[name]
	if !ok {
		refuse(c, problem.NotFound())
		return
	}
	chosen := chooseVariant(variants, c.Request.Header.Values("Accept-Encoding"))
	file, err := s.files.Open(chosen.path)
	if err != nil {
		panic(fmt.Errorf("httpapi: internal error: open %s: %w", chosen.path, err))
	}
	defer file.Close() //nolint:errcheck // nothing was written
	content, ok := file.(io.ReadSeeker)
	if !ok {
		panic("httpapi: internal error: the web files do not implement io.ReadSeeker")
	}
	setFileHeaders(c.Writer.Header(), name, chosen)
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, content)
}

func setFileHeaders(h http.Header, name string, v variant) {
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("ETag", v.etag)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", cacheFor(name))
	// Pages of any origin load the element as a module, which requires CORS, and pages
	// isolated by COEP require CORP. The files are public.
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if workerName.MatchString(path.Base(name)) {
		h.Set("Content-Security-Policy", workerPolicy)
		// A page isolated by COEP starts only workers that are isolated too.
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	}
	if v.encoding != "" {
		h.Set("Content-Encoding", v.encoding)
		// http.ServeContent omits the length if there is an encoding, since it cannot
		// know that the content is encoded already.
		h.Set("Content-Length", strconv.FormatInt(v.size, 10))
	}
}

func cacheFor(name string) string {
	if hashedName.MatchString(name) {
		return cacheImmutable
	}
	return cacheRevalidate
}
