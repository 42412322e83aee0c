package intake

import (
	"context"
	"fmt"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/library"
	"mediarelay/internal/store"
)

// checkFree returns store.ErrFull if the store has less free space than a new upload
// needs.
func (i *Intake) checkFree(ctx context.Context) error {
	if i.config.MinFree <= 0 {
		return nil
	}
	free, err := i.config.Bytes.Free(ctx)
	if err == nil && free < i.config.MinFree {
		err = fmt.Errorf("%w: %d bytes are free, MEDIARELAY_MIN_FREE is %d", store.ErrFull, free, i.config.MinFree)
	}
	return err
}

// quotaError is the error of an exceeded quota in the form that tusd passes to the
// client.
func quotaError(e *library.QuotaError) handler.Error {
	if e.Bytes {
		return errQuotaBytes
	}
	return errQuotaUploads
}
