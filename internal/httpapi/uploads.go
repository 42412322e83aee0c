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

// uploadHandler serves the state of uploads.
type uploadHandler struct {
	uploads Uploads
	feed    Feed
	assets  Assets
	offsets Offsets
	now     func() time.Time
	logger  *slog.Logger
	timing  streamTiming
	streams *streams
}

// idPattern matches every valid id. Others do not reach the database: Postgres fails
// on a NUL where it should find no row.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (h uploadHandler) show(c *gin.Context) {
	report, err := h.report(c.Request.Context(), languageOf(c), callerOf(c), c.Param("id"))
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	c.JSON(http.StatusOK, report.body)
}

// retry responds with 202: the relay makes the new attempt.
func (h uploadHandler) retry(c *gin.Context) {
	caller, id := callerOf(c), c.Param("id")
	if !idPattern.MatchString(id) {
		refuse(c, problem.NotFound())
		return
	}
	err := h.uploads.RetryUpload(c.Request.Context(), caller, id)
	if errors.Is(err, library.ErrFinal) {
		refuse(c, problem.Conflict("The upload's problem is not retryable: another attempt would fail the same way. The title of the problem says what to do instead."))
		return
	}
	if errors.Is(err, library.ErrState) {
		refuse(c, problem.Conflict("Only an upload that failed after it was stored, and whose bytes are still stored, can be retried. Upload the file again."))
		return
	}
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	report, err := h.report(c.Request.Context(), languageOf(c), caller, id)
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	c.JSON(http.StatusAccepted, report.body)
}

// report is the state of an upload.
type report struct {
	version int64
	body    uploadJSON
}

func (h uploadHandler) report(ctx context.Context, lang string, caller library.Caller, id string) (report, error) {
	if !idPattern.MatchString(id) {
		return report{}, library.ErrNotFound
	}
	u, err := h.uploads.Upload(ctx, caller, id)
	if err != nil {
		return report{}, err
	}
	return h.reportOf(ctx, lang, u)
}

func (h uploadHandler) reportOf(ctx context.Context, lang string, u library.Upload) (_ report, err error) {
	body := uploadJSON{
		ID: u.ID, State: u.State, Offset: u.Length, Length: u.Length, Purpose: u.Purposes,
		Verdict: writeVerdict(lang, u.Verdict), Problem: writeProblem(lang, u.Problem),
	}
	if u.State == library.StateUploading {
		if body.Offset, err = h.offsets.Offset(ctx, u.ID); err != nil {
			return report{}, fmt.Errorf("offset of upload %s: %w", u.ID, err)
		}
	}
	body.Asset, err = h.assetOf(ctx, u)
	return report{version: u.Version, body: body}, err
}

func (h uploadHandler) assetOf(ctx context.Context, u library.Upload) (*assetJSON, error) {
	if u.AssetID == "" {
		return nil, nil
	}
	a, err := h.assets.Asset(ctx, u.Channel, u.AssetID)
	if err != nil {
		return nil, fmt.Errorf("asset of upload %s: %w", u.ID, err)
	}
	out := writeAsset(a, h.now())
	return &out, nil
}

// fail writes the problem for an error of the library. An unexpected error is logged;
// the client is not told what it is.
func fail(c *gin.Context, logger *slog.Logger, err error) {
	ctx := c.Request.Context()
	switch {
	case errors.Is(err, library.ErrNotFound):
		refuse(c, problem.NotFound())
	case ctx.Err() != nil:
		refuse(c, problem.ShuttingDown()) // or the client has disconnected
	default:
		logger.ErrorContext(ctx, "request failed", "route", routeOf(c), "error", err.Error())
		refuse(c, serverProblem(err))
	}
}

// serverProblem is the problem for an error of the server's own.
func serverProblem(err error) problem.Problem {
	if errors.Is(err, library.ErrFull) {
		return problem.StorageFull()
	}
	return problem.From(err)
}
