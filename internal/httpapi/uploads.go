package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// uploadReports tells how far uploads are.
type uploadReports struct {
	uploads Uploads
	assets  Assets
	offsets Offsets
	now     func() time.Time
	logger  *slog.Logger
	pace    pace
}

// idForm keeps ids away from the database that none of ours has: Postgres, for
// one, fails on a NUL instead of finding nothing.
var idForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (r uploadReports) show(c *gin.Context) {
	report, err := r.report(c.Request.Context(), languageOf(c), claimsOf(c).Channel, c.Param("id"))
	if err != nil {
		fail(c, r.logger, err)
		return
	}
	c.JSON(http.StatusOK, report.body)
}

// retry is answered with 202: the new attempt is the relay's.
func (r uploadReports) retry(c *gin.Context) {
	channel, id := claimsOf(c).Channel, c.Param("id")
	if !idForm.MatchString(id) {
		refuse(c, problem.NotFound())
		return
	}
	err := r.uploads.RetryUpload(c.Request.Context(), channel, id)
	if errors.Is(err, library.ErrFinal) {
		refuse(c, problem.Conflict("The upload's problem has retryable false: another attempt would end the same way. Its title says what to do instead."))
		return
	}
	if errors.Is(err, library.ErrState) {
		refuse(c, problem.Conflict("Only an upload that failed behind the media server, from bytes that are kept, can be tried again. Send the file anew."))
		return
	}
	if err != nil {
		fail(c, r.logger, err)
		return
	}
	report, err := r.report(c.Request.Context(), languageOf(c), channel, id)
	if err != nil {
		fail(c, r.logger, err)
		return
	}
	c.JSON(http.StatusAccepted, report.body)
}

// report is an upload at one moment.
type report struct {
	version int64
	body    uploadJSON
}

func (r uploadReports) report(ctx context.Context, lang, channel, id string) (report, error) {
	if !idForm.MatchString(id) {
		return report{}, library.ErrNotFound
	}
	u, err := r.uploads.Upload(ctx, channel, id)
	if err != nil {
		return report{}, err
	}
	body := uploadJSON{
		ID: u.ID, State: u.State, Offset: u.Length, Length: u.Length, Purpose: u.Purposes,
		Verdict: writeVerdict(lang, u.Verdict), Problem: writeProblem(lang, u.Problem),
	}
	if u.State == library.StateUploading {
		if body.Offset, err = r.offsets.Offset(ctx, u.ID); err != nil {
			return report{}, fmt.Errorf("offset of upload %s: %w", u.ID, err)
		}
	}
	body.Asset, err = r.assetOf(ctx, u)
	return report{version: u.Version, body: body}, err
}

func (r uploadReports) assetOf(ctx context.Context, u library.Upload) (*assetJSON, error) {
	if u.AssetID == "" {
		return nil, nil
	}
	a, err := r.assets.Asset(ctx, u.Channel, u.AssetID)
	if err != nil {
		return nil, fmt.Errorf("asset of upload %s: %w", u.ID, err)
	}
	out := writeAsset(a, r.now())
	return &out, nil
}

// fail answers an error of the library. What is not foreseen goes to the log, and
// nothing of it to the client.
func fail(c *gin.Context, logger *slog.Logger, err error) {
	ctx := c.Request.Context()
	switch {
	case errors.Is(err, library.ErrNotFound):
		refuse(c, problem.NotFound())
	case ctx.Err() != nil:
		refuse(c, problem.ShuttingDown()) // or the client is gone and reads nothing
	default:
		logger.ErrorContext(ctx, "request failed", "route", routeOf(c), "error", err.Error())
		refuse(c, ownFault(err))
	}
}

// ownFault says whether somebody must make room.
func ownFault(err error) problem.Problem {
	if errors.Is(err, library.ErrFull) {
		return problem.StorageFull()
	}
	return problem.Internal()
}
