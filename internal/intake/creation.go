package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/problem"
	"mediarelay/internal/reason"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

// maxKeyBytes is the maximum length of the client's key; a UUID has 36 bytes.
const maxKeyBytes = 200

var digitsOnly = regexp.MustCompile(`^[0-9]{1,18}$`)

type creationKey struct{}

func withCreation(ctx context.Context, u library.Upload) context.Context {
	return context.WithValue(ctx, creationKey{}, u)
}

func creationFrom(ctx context.Context) (library.Upload, error) {
	u, ok := ctx.Value(creationKey{}).(library.Upload)
	if !ok {
		return u, errors.New("intake: internal error: a creation without its validated request")
	}
	return u, nil
}

// newUpload validates a creation request.
func (i *Intake) newUpload(r *http.Request) (library.Upload, error) {
	claims, err := claimsOf(r)
	if err != nil {
		return library.Upload{}, err
	}
	u, err := readUpload(r, claims)
	if err != nil {
		return library.Upload{}, err
	}
	if err := i.config.Takes(u.Channel).check(u); err != nil {
		slog.WarnContext(r.Context(), "upload rejected: its channel's provider cannot take it", "channel", u.Channel, "problem", err)
		return library.Upload{}, err
	}
	return u, nil
}

func readUpload(r *http.Request, claims auth.Claims) (library.Upload, error) {
	length, err := uploadLength(r, claims)
	if err != nil {
		return library.Upload{}, err
	}
	header := r.Header.Get(tusproto.HeaderMetadata)
	pairs, err := tusproto.DecodeMetadata(header)
	if err != nil {
		return library.Upload{}, badRequest("%s. See the tus protocol, Creation.", strings.TrimPrefix(err.Error(), "tusproto: "))
	}
	u := library.Upload{
		ID: library.NewID(), Channel: claims.Channel, Subject: claims.Subject, Length: length, Metadata: header, Kinds: claims.Kinds,
	}
	return u, readMetadata(&u, pairs, claims)
}

func uploadLength(r *http.Request, claims auth.Claims) (int64, error) {
	if r.Header.Get("Upload-Defer-Length") != "" || r.Header.Get("Upload-Concat") != "" {
		return 0, badRequest("Upload-Defer-Length and Upload-Concat are not supported. Send Upload-Length.")
	}
	text := r.Header.Get(tusproto.HeaderLength)
	if text == "" {
		return 0, problem.New(http.StatusBadRequest, reason.ProblemLengthRequired, "Send the file's size in bytes as Upload-Length.")
	}
	if !digitsOnly.MatchString(text) {
		return 0, badRequest("Upload-Length must be the file's size in bytes, digits only.")
	}
	length, _ := strconv.ParseInt(text, 10, 64) // at most 18 digits always fit
	if claims.MaxBytes > 0 && claims.MaxBytes < media.MaxUploadBytes && length > claims.MaxBytes {
		return 0, problem.TooLargeForToken(claims.MaxBytes)
	}
	if length > media.MaxUploadBytes {
		return 0, problem.UploadTooLarge()
	}
	return length, nil
}

func readMetadata(u *library.Upload, pairs []tusproto.Pair, claims auth.Claims) error {
	value := func(key string) string { v, _ := tusproto.Lookup(pairs, key); return v }
	for _, p := range pairs {
		// Postgres cannot store these in a text.
		if !utf8.ValidString(p.Value) || strings.ContainsRune(p.Value, 0) {
			return badRequest("The metadata key %q must be UTF-8 without NUL.", p.Key)
		}
	}
	u.Filename, u.DeclaredType = media.BareName(value(tusproto.KeyFilename)), value(tusproto.KeyFiletype)

	if u.ClientKey = value(tusproto.KeyKey); len(u.ClientKey) > maxKeyBytes {
		return badRequest("The metadata key %q must have at most %d bytes.", tusproto.KeyKey, maxKeyBytes)
	}
	if u.DeclaredSHA256 = value(tusproto.KeySHA256); u.DeclaredSHA256 != "" && !media.IsSHA256(u.DeclaredSHA256) {
		return badRequest("The metadata key %q must be 64 lower-case hexadecimal digits.", tusproto.KeySHA256)
	}
	var bad string
	if u.Purposes, bad = media.ParsePurposes(value(tusproto.KeyPurpose)); bad != "" {
		return badRequest("The metadata key %q must be a comma-separated list of %v.", tusproto.KeyPurpose, media.Purposes())
	}
	if kind := value(tusproto.KeyKind); kind != "" {
		var ok bool
		if u.Kind, ok = media.ParseKind(kind); !ok {
			return badRequest("The metadata key %q must be one of %v.", tusproto.KeyKind, media.Kinds())
		}
	}
	if err := checkUse(*u, claims); err != nil {
		return err
	}
	return checkDeclared(u)
}

// checkDeclared rejects a file before its bytes are sent if its declared size and
// kind alone break a rule.
func checkDeclared(u *library.Upload) error {
	v := preflight.Declared(preflight.Question{
		Filename: u.Filename, DeclaredType: u.DeclaredType, Size: u.Length, Kind: u.Kind, Kinds: u.Kinds, Purposes: u.Purposes,
	})
	if v.Outcome != preflight.Refuse {
		return nil
	}
	first := v.Reasons[0]
	return problem.New(http.StatusUnprocessableEntity, first.Code, "", first.Facts...)
}

// check rejects an upload that its channel's provider cannot take.
func (t Takes) check(u library.Upload) error {
	needs := media.Copies(u.Purposes)
	switch {
	case t.NoHandles != nil && slices.Contains(needs, media.CopyHandle):
		return problem.NoHandles(t.NoHandles)
	case t.MediaBytes > 0 && u.Length > t.MediaBytes && slices.Contains(needs, media.CopyMediaID):
		return problem.PayloadTooLarge(t.MediaBytes)
	}
	return nil
}

// serveRepeated responds to a creation whose client key is known with the existing
// upload, so that a lost response does not create a second one. It does not store the
// body of the request: the response contains the offset to resume from.
func (i *Intake) serveRepeated(resp *response, r *http.Request, u library.Upload) bool {
	if u.ClientKey == "" || r.Header.Get(tusproto.HeaderResumable) != tusproto.Version {
		return false
	}
	first, err := i.uploadByKey(r.Context(), u)
	same := sameRequest(first, u)
	var offset int64
	if err == nil && same {
		offset, err = i.resume(r.Context(), first)
	}
	if errors.Is(err, library.ErrNotFound) {
		return false
	}
	switch {
	case err != nil:
		logFailure(r.Context(), "repeat creation", first.ID, err)
		resp.refuse(repeatProblem(err))
	case !same:
		resp.refuse(problem.Conflict("The key belongs to an upload of another file or purpose. Use a new key."))
	default:
		_, _ = io.CopyN(io.Discard, r.Body, problem.MaxDrainBytes) // if this fails, the response fails too
		resp.access = &access{upload: first, decided: true}
		resp.Header().Set(tusproto.HeaderResumable, tusproto.Version)
		resp.Header().Set(tusproto.HeaderLocation, i.location(first.ID))
		resp.Header().Set(tusproto.HeaderOffset, strconv.FormatInt(offset, 10))
		resp.WriteHeader(http.StatusCreated)
	}
	return true
}

// repeatProblem is the problem of an upload that exists and cannot be resumed at the moment.
func repeatProblem(err error) problem.Problem {
	switch {
	case errors.Is(err, library.ErrFull):
		return problem.StorageFull()
	case errors.Is(err, store.ErrAway):
		return problem.StoreAway()
	default:
		return problem.Locked()
	}
}

func sameRequest(u, v library.Upload) bool {
	return u.Length == v.Length && u.DeclaredSHA256 == v.DeclaredSHA256 && u.Kind == v.Kind && slices.Equal(u.Purposes, v.Purposes)
}

func badRequest(format string, args ...any) error {
	return problem.BadRequest(fmt.Sprintf(format, args...))
}
