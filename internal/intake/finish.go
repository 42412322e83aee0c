package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"mediarelay/internal/library"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

// finish makes a whole upload safe, in this order: bytes and folder to the disk,
// digest, then state and relay row in one durable transaction. It may run again,
// and at the same time as itself: the last step changes an upload once.
func (i *Intake) finish(ctx context.Context, u library.Upload) error {
	if err := i.config.Bytes.Seal(ctx, u.ID); err != nil {
		return err
	}
	digest, ok := i.digests.sum(u.ID, u.Length)
	if !ok {
		var err error
		if digest, err = i.readDigest(ctx, u.ID); err != nil {
			return err
		}
	}
	if err := i.config.Uploads.FinishUpload(ctx, u.ID, digest, mismatch(u, digest)); err != nil {
		return fmt.Errorf("finish upload %s: %w", u.ID, err)
	}
	i.digests.drop(u.ID)
	return nil
}

// mismatch refuses an upload whose bytes are not those that its client
// announced; nil when they are, or when the client announced none.
func mismatch(u library.Upload, digest string) *preflight.Verdict {
	if u.DeclaredSHA256 == "" || u.DeclaredSHA256 == digest {
		return nil
	}
	return &preflight.Verdict{Outcome: preflight.Refuse, Reasons: []reason.Reason{{
		Code: reason.DigestMismatch, Severity: reason.Refuse, Fixes: []reason.Fix{reason.SendAgain},
	}}}
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

// forget removes an upload's bytes and then its row: the other way round, a
// crash in between would leave bytes that no one knows of.
func (i *Intake) forget(ctx context.Context, id string) error {
	i.digests.drop(id)
	if err := i.config.Bytes.Remove(ctx, id); err != nil {
		return err
	}
	err := i.config.Uploads.DeleteUpload(ctx, id)
	if errors.Is(err, library.ErrNotFound) {
		return nil
	}
	return err
}
