package intake

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/tusproto"
)

// serveKnown responds to a creation whose bytes the channel already has: the upload takes
// them and is complete, so that the client sends none. It is relayed as any other, which
// finds the copies of its content. If anything prevents that, the bytes are received.
//
// The creation needs a key, a digest, the form of a creation with upload, whose clients read
// Upload-Offset of the response, and a token that may read the library, since the response
// tells that the file is there. It may have an empty body.
func (i *Intake) serveKnown(resp *response, r *http.Request, u library.Upload) bool {
	claims, ok := auth.FromContext(r.Context())
	if u.ClientKey == "" || u.DeclaredSHA256 == "" || !ok || !claims.Allows(auth.ScopeAssetsRead) ||
		r.Header.Get(tusproto.HeaderResumable) != tusproto.Version || r.Header.Get("Content-Type") != tusproto.ContentType {
		return false
	}
	err := i.createFromKnown(r.Context(), u)
	switch {
	case errors.Is(err, library.ErrNotFound), errors.Is(err, library.ErrKeyTaken):
		return false
	case err != nil:
		slog.InfoContext(r.Context(), "known bytes could not be used; the client sends them", "upload", u.ID, "error", err)
		return false
	}
	return i.serveRepeated(resp, r, u)
}

// createFromKnown creates an upload that has the stored bytes of its content. The bytes are
// read and compared before, since an upload of damaged ones would fail although the client
// has the file.
func (i *Intake) createFromKnown(ctx context.Context, u library.Upload) error {
	content, err := i.config.Uploads.ContentByDigest(ctx, u.Channel, u.DeclaredSHA256)
	if err != nil {
		return err
	}
	if content.Size != u.Length {
		return library.ErrNotFound
	}
	sum, err := i.hashStored(ctx, content.UploadID)
	if err != nil {
		return err
	}
	if hexOf(sum) != u.DeclaredSHA256 {
		return errors.New("the stored bytes are damaged")
	}
	if err := i.config.Uploads.CreateUpload(ctx, u); err != nil {
		return err
	}
	// Without its bytes the upload is an empty one, which the client continues.
	if err := i.config.Bytes.Link(ctx, content.UploadID, u.ID); err != nil {
		logFailure(ctx, "link known bytes", u.ID, err)
		return nil
	}
	i.digests.put(u.ID, sum, u.Length)
	return nil
}
