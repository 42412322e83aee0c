package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/problem"
)

// The number of assets on a page.
const (
	defaultPageSize = 50
	maxPageSize     = 200
)

// maxQueryText is the maximum length of q and cursor in bytes. A file name has at
// most 255.
const maxQueryText = 512

// assetHandler serves the assets of the library.
type assetHandler struct {
	assets Assets
	bytes  Bytes
	now    func() time.Time
	logger *slog.Logger
}

func (h assetHandler) list(c *gin.Context) {
	query, err := readQuery(c)
	if err != nil {
		refuse(c, problem.BadRequest(err.Error()))
		return
	}
	page, err := h.assets.Assets(c.Request.Context(), query)
	if errors.Is(err, library.ErrNotFound) {
		refuse(c, problem.BadRequest("cursor is not the next of an earlier page. Omit it to start from the first page."))
		return
	}
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	c.JSON(http.StatusOK, writePage(page, h.now()))
}

func (h assetHandler) show(c *gin.Context) {
	if a, ok := h.find(c); ok {
		c.JSON(http.StatusOK, writeAsset(a, h.now()))
	}
}

// find returns the asset that the path names. If there is none, it has responded.
func (h assetHandler) find(c *gin.Context) (a library.Asset, ok bool) {
	if !idPattern.MatchString(c.Param("id")) {
		refuse(c, problem.NotFound())
		return library.Asset{}, false
	}
	a, err := h.assets.Asset(c.Request.Context(), claimsOf(c).Channel, c.Param("id"))
	if err != nil {
		fail(c, h.logger, err)
		return library.Asset{}, false
	}
	return a, true
}

// writePage converts a page for a client. Copies that expired before now are omitted.
func writePage(page library.AssetPage, now time.Time) assetPageJSON {
	out := assetPageJSON{Items: make([]assetJSON, len(page.Items))}
	for i, a := range page.Items {
		out.Items[i] = writeAsset(a, now)
	}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out
}

// readQuery parses the query of a list. The error is written for the client.
func readQuery(c *gin.Context) (library.AssetQuery, error) {
	q := library.AssetQuery{
		Channel: claimsOf(c).Channel,
		Text:    c.Query("q"), SHA256: c.Query("sha256"), Cursor: c.Query("cursor"),
		Limit: defaultPageSize,
	}
	return q, errors.Join(
		readKind(&q, c.Query("kind")), readLimit(&q, c.Query("limit")),
		checkDigest(q.SHA256), checkText("q", q.Text), checkText("cursor", q.Cursor))
}

func readKind(q *library.AssetQuery, value string) error {
	if value == "" {
		return nil
	}
	kind, ok := media.ParseKind(value)
	if !ok {
		return fmt.Errorf("kind must be one of %v.", media.Kinds()) //nolint:staticcheck // a sentence for people
	}
	q.Kind = kind
	return nil
}

func readLimit(q *library.AssetQuery, value string) error {
	if value == "" {
		return nil
	}
	limit, err := strconv.Atoi(value)
	if err != nil || limit < 1 || limit > maxPageSize {
		return fmt.Errorf("limit must be a number from 1 to %d.", maxPageSize) //nolint:staticcheck // a sentence for people
	}
	q.Limit = limit
	return nil
}

func checkDigest(value string) error {
	if value == "" || media.IsSHA256(value) {
		return nil
	}
	return errors.New("sha256 must be 64 lower-case hexadecimal digits.") //nolint:staticcheck // a sentence for people
}

func checkText(name, value string) error {
	if len(value) <= maxQueryText && utf8.ValidString(value) && !strings.ContainsRune(value, 0) {
		return nil
	}
	return fmt.Errorf("%s must be UTF-8 text of at most %d bytes.", name, maxQueryText) //nolint:staticcheck // a sentence for people
}
