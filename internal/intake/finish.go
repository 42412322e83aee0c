package intake

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"mediarelay/internal/library"
	"mediarelay/internal/outcome"
	"mediarelay/internal/reason"
)

// finish persists a complete upload: it flushes the file and its folder, computes the
// digest, and then commits the state and the relay row in one durable transaction. It
// is idempotent. The caller holds the upload's lease. If it fails, Reconcile repeats it.
func (i *Intake) finish(ctx context.Context, u library.Upload) error {
	i.unfinished.add(u.ID)
	if err := i.config.Bytes.Seal(ctx, u.ID); err != nil {
		return err
	}
	stored, err := i.config.Bytes.Offset(ctx, u.ID)
	if err != nil {
		return err
	}
	digest, ok := i.digests.sum(u.ID, stored)
	if !ok {
		read, err := i.hashStored(ctx, u.ID)
		if err != nil {
			return err
		}
		digest = hexOf(read)
	}
	failure := mismatch(u, stored, digest)
	if err := i.config.Uploads.FinishUpload(ctx, u.ID, digest, failure); err != nil {
		return fmt.Errorf("finish upload %s: %w", u.ID, err)
	}
	i.digests.drop(u.ID)
	i.unfinished.remove(u.ID)
	if failure == nil {
		return nil
	}
	now := i.now()
	i.config.Ends.Record(ctx, outcome.End{
		Upload: u, State: library.StateFailed, Code: failure.Reason.Code, Finished: now, At: now, Delivery: outcome.NotSent,
		Detail: fmt.Sprintf("declared %d bytes with SHA-256 %s, received %d with %s", u.Length, u.DeclaredSHA256, stored, digest),
	})
	// The bytes are never relayed.
	return i.config.Bytes.Remove(ctx, u.ID)
}

// mismatch returns the problem of an upload whose length or digest is not the declared
// one, or nil. It is final: the damaged bytes cannot be located, so the whole file must
// be uploaded again.
func mismatch(u library.Upload, stored int64, digest string) *library.Problem {
	if stored == u.Length && (u.DeclaredSHA256 == "" || u.DeclaredSHA256 == digest) {
		return nil
	}
	return &library.Problem{Reason: reason.Reason{
		Code: reason.DigestMismatch, Severity: reason.Refuse, Fixes: []reason.Fix{reason.SendAgain},
	}}
}

// hashStored hashes the stored bytes of an upload. Finishing one needs it after a restart
// or a broken chunk.
func (i *Intake) hashStored(ctx context.Context, id string) (sum hash.Cloner, err error) {
	content, err := i.config.Bytes.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	sum = newSHA256()
	if _, err := io.Copy(sum, content); err != nil {
		return nil, fmt.Errorf("read upload %s: %w", id, err)
	}
	return sum, nil
}

func hexOf(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// remove deletes an upload's row, whose state decides whether that is allowed, and then
// its bytes. Bytes that a crash leaves without a row are swept at the next start.
func (i *Intake) remove(ctx context.Context, id string) error {
	if err := i.config.Uploads.DeleteUpload(ctx, id); err != nil && !errors.Is(err, library.ErrNotFound) {
		return err
	}
	i.digests.drop(id)
	i.unfinished.remove(id)
	return i.config.Bytes.Remove(ctx, id)
}
