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

// The sizes of a page of assets.
const (
	standardPage = 50
	largestPage  = 200
)

// maxQueryText bounds q and cursor, in bytes: the longest file name has 255.
const maxQueryText = 512

// assetShelf shows what the library keeps.
type assetShelf struct {
	assets Assets
	now    func() time.Time
	logger *slog.Logger
}

func (s assetShelf) list(c *gin.Context) {
	query, err := readQuery(c)
	if err != nil {
		refuse(c, problem.BadRequest(err.Error()))
		return
	}
	page, err := s.assets.Assets(c.Request.Context(), query)
	if errors.Is(err, library.ErrNotFound) {
		refuse(c, problem.BadRequest("cursor is not the next of an earlier page. Leave it out to begin again."))
		return
	}
	if err != nil {
		fail(c, s.logger, err)
		return
	}
	c.JSON(http.StatusOK, writePage(page, s.now()))
}

func (s assetShelf) show(c *gin.Context) {
	if !idForm.MatchString(c.Param("id")) {
		refuse(c, problem.NotFound())
		return
	}
	a, err := s.assets.Asset(c.Request.Context(), claimsOf(c).Channel, c.Param("id"))
	if err != nil {
		fail(c, s.logger, err)
		return
	}
	c.JSON(http.StatusOK, writeAsset(a, s.now()))
}

// writePage shows a page as it is at the time.
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

// readQuery reads the query of a list; the error says what is wrong and what to do.
func readQuery(c *gin.Context) (library.AssetQuery, error) {
	q := library.AssetQuery{
		Channel: claimsOf(c).Channel,
		Text:    c.Query("q"), SHA256: c.Query("sha256"), Cursor: c.Query("cursor"),
		Limit: standardPage,
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
		return fmt.Errorf("kind is not one of %v.", media.Kinds()) //nolint:staticcheck // a sentence for people
	}
	q.Kind = kind
	return nil
}

func readLimit(q *library.AssetQuery, value string) error {
	if value == "" {
		return nil
	}
	limit, err := strconv.Atoi(value)
	if err != nil || limit < 1 || limit > largestPage {
		return fmt.Errorf("limit is not a number from 1 to %d.", largestPage) //nolint:staticcheck // a sentence for people
	}
	q.Limit = limit
	return nil
}

func checkDigest(value string) error {
	if value == "" || media.IsSHA256(value) {
		return nil
	}
	return errors.New("sha256 is not 64 lower-case hexadecimal digits.") //nolint:staticcheck // a sentence for people
}

func checkText(name, value string) error {
	if len(value) <= maxQueryText && utf8.ValidString(value) && !strings.ContainsRune(value, 0) {
		return nil
	}
	return fmt.Errorf("%s is longer than %d bytes or is no text.", name, maxQueryText) //nolint:staticcheck // a sentence for people
}
