package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"mediarelay/internal/library"
	"mediarelay/internal/reason"
)

// finish makes a whole upload safe, in this order: bytes and folder to the disk,
// digest, then state and relay row in one durable transaction. It may run again:
// the last step changes an upload once. Whoever calls it holds the upload's lease.
func (i *Intake) finish(ctx context.Context, u library.Upload) error {
	if err := i.config.Bytes.Seal(ctx, u.ID); err != nil {
		return err
	}
	stored, err := i.config.Bytes.Offset(ctx, u.ID)
	if err != nil {
		return err
	}
	digest, ok := i.digests.sum(u.ID, stored)
	if !ok {
		if digest, err = i.readDigest(ctx, u.ID); err != nil {
			return err
		}
	}
	failure := mismatch(u, stored, digest)
	if err := i.config.Uploads.FinishUpload(ctx, u.ID, digest, failure); err != nil {
		return fmt.Errorf("finish upload %s: %w", u.ID, err)
	}
	i.digests.drop(u.ID)
	if failure == nil {
		return nil
	}
	slog.WarnContext(ctx, "upload arrived damaged", "upload", u.ID, "announced", u.DeclaredSHA256, "arrived", digest)
	// No one will send these bytes; they need not be kept.
	return i.config.Bytes.Remove(ctx, u.ID)
}

// mismatch says that an upload's bytes are not those that its client announced;
// nil when they are, or when the client announced their number alone. It is final: nobody
// knows which byte is wrong, so only a new upload mends it.
func mismatch(u library.Upload, stored int64, digest string) *library.Problem {
	if stored == u.Length && (u.DeclaredSHA256 == "" || u.DeclaredSHA256 == digest) {
		return nil
	}
	return &library.Problem{Reason: reason.Reason{
		Code: reason.DigestMismatch, Severity: reason.Refuse, Fixes: []reason.Fix{reason.SendAgain},
	}}
}

// readDigest reads the stored bytes again: after a restart, or when a chunk broke.
func (i *Intake) readDigest(ctx context.Context, id string) (digest string, err error) {
	content, err := i.config.Bytes.Open(ctx, id)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, content); err != nil {
		return "", fmt.Errorf("read upload %s: %w", id, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// forget removes an upload's row and then its bytes: the row decides whether that
// may be. Bytes that a crash leaves without a row are swept at the next start.
func (i *Intake) forget(ctx context.Context, id string) error {
	if err := i.config.Uploads.DeleteUpload(ctx, id); err != nil && !errors.Is(err, library.ErrNotFound) {
		return err
	}
	i.digests.drop(id)
	return i.config.Bytes.Remove(ctx, id)
}
