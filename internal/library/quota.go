package library

import (
	"context"
	"database/sql"
	"fmt"
)

// Quota limits the unfinished uploads of one subject of one channel. 0 means no limit.
type Quota struct {
	// Uploads is the number of unfinished uploads.
	Uploads int64
	// Bytes is the sum of their declared lengths.
	Bytes int64
}

// QuotaError is the error of CreateUpload for an upload that exceeds the quota.
type QuotaError struct {
	// Bytes says which limit: that of the bytes, or that of the uploads.
	Bytes bool
	Limit int64
}

// Error names the limit.
func (e *QuotaError) Error() string {
	if e.Bytes {
		return fmt.Sprintf("library: the subject's unfinished uploads may have %d bytes in total", e.Limit)
	}
	return fmt.Sprintf("library: the subject may have %d unfinished uploads", e.Limit)
}

// UseQuota sets the quota of CreateUpload. Call it before anything else.
func (l *Library) UseQuota(q Quota) { l.quota = q }

// lockQuota makes creations of one subject wait for each other, also those of other
// replicas, so that a burst cannot exceed the quota.
func (l *Library) lockQuota(ctx context.Context, tx *sql.Tx, u Upload) error {
	if l.quota == (Quota{}) {
		return nil
	}
	return l.db.LockName(ctx, tx, "quota/"+u.Channel+"/"+u.Subject)
}

// checkQuota counts the subject's unfinished uploads with the one that the transaction
// has added.
func (l *Library) checkQuota(ctx context.Context, tx *sql.Tx, u Upload) error {
	if l.quota == (Quota{}) {
		return nil
	}
	var uploads, bytes int64
	// The state is not a parameter: only a literal matches the partial index uploads_open.
	err := tx.QueryRowContext(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM uploads"+
		" WHERE channel = $1 AND subject = $2 AND state = 'uploading'", u.Channel, u.Subject).Scan(&uploads, &bytes)
	switch {
	case err != nil:
		return err
	case l.quota.Uploads > 0 && uploads > l.quota.Uploads:
		return &QuotaError{Limit: l.quota.Uploads}
	case l.quota.Bytes > 0 && bytes > l.quota.Bytes:
		return &QuotaError{Bytes: true, Limit: l.quota.Bytes}
	default:
		return nil
	}
}
