package httpapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/problem"
)

// The limits of what a person may write to an asset.
const (
	maxFilename = 255 // bytes, as most file systems have
	maxTags     = 32
	maxTag      = 64 // bytes
)

// assetPatch is the body of a PATCH. What it does not name stays as it is.
type assetPatch struct {
	Filename *string   `json:"filename"`
	Tags     *[]string `json:"tags"`
}

// update changes the name or the tags of an asset.
func (h assetHandler) update(c *gin.Context) {
	if !idPattern.MatchString(c.Param("id")) {
		refuse(c, problem.NotFound())
		return
	}
	change, err := readAssetChange(c.Request.Body)
	if err != nil {
		refuse(c, problem.BadRequest(err.Error()))
		return
	}
	a, err := h.assets.UpdateAsset(c.Request.Context(), claimsOf(c).Channel, c.Param("id"), change)
	switch {
	case errors.Is(err, library.ErrNameTaken):
		refuse(c, problem.Conflict("The same person has another asset of these bytes with this filename. Choose another one."))
	case err != nil:
		fail(c, h.logger, err)
	default:
		c.JSON(http.StatusOK, writeAsset(a, h.now()))
	}
}

// readAssetChange reads a body. The error is written for the client.
func readAssetChange(body io.Reader) (library.AssetChange, error) {
	var patch assetPatch
	if err := readJSON(body, &patch); err != nil {
		return library.AssetChange{}, errors.New("send a JSON object of at most 16 KiB with filename (a text) or tags (a list of texts)")
	}
	if patch.Filename == nil && patch.Tags == nil {
		return library.AssetChange{}, errors.New("send filename or tags")
	}
	change := library.AssetChange{Filename: patch.Filename}
	var err error
	if patch.Filename != nil {
		name := media.BareName(*patch.Filename)
		change.Filename, err = &name, checkFilename(name)
	}
	if patch.Tags != nil {
		tags := cleanTags(*patch.Tags)
		change.Tags, err = &tags, errors.Join(err, checkTags(tags))
	}
	return change, err
}

func checkFilename(name string) error {
	if name == "" || len(name) > maxFilename || !utf8.ValidString(name) {
		return fmt.Errorf("filename must be UTF-8 text of 1 to %d bytes, without a folder", maxFilename)
	}
	return nil
}

// cleanTags drops what is empty or repeated.
func cleanTags(given []string) []string {
	tags := []string{}
	for _, tag := range given {
		tag = media.Printable(tag)
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

func checkTags(tags []string) error {
	if len(tags) > maxTags {
		return fmt.Errorf("tags must be at most %d", maxTags)
	}
	for _, tag := range tags {
		if len(tag) > maxTag || !utf8.ValidString(tag) {
			return fmt.Errorf("each of tags must be UTF-8 text of at most %d bytes", maxTag)
		}
	}
	return nil
}
