// Package library persists uploads and their state, the relay row of each finished
// upload, the contents with the copies that a provider holds of them, and the assets, which
// are the names that people gave to contents. The same SQL
// runs on SQLite and on Postgres.
//
// It leaves to others: the bytes (store), leases (lease), the state of a channel's
// breaker (breaker), and what to do next (intake, relay).
package library

import (
	"errors"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

// The errors that callers tell apart.
var (
	// ErrNotFound: there is no such row for the caller. A row of another channel, and an
	// upload of another subject, is not found either.
	ErrNotFound = errors.New("library: not found")
	// ErrNameTaken: the person has another asset of the same content with this name.
	ErrNameTaken = errors.New("library: the name is taken")
	// ErrKeyTaken: the subject already has an upload with this client key in this channel.
	ErrKeyTaken = errors.New("library: client key is taken")
	// ErrState: the row is not in the state that the change starts from.
	ErrState = errors.New("library: not possible in this state")
	// ErrFull: the database has no room left, for now.
	ErrFull = database.ErrFull
	// ErrFinal: the upload has failed, and another attempt would fail the same way.
	ErrFinal = errors.New("library: the failure is final")
)

// State is the state of an upload.
type State string

// The states of an upload, in order. Done, refused and failed are final; RetryUpload
// moves a failed upload back to checking.
const (
	StateUploading State = "uploading"
	StateChecking  State = "checking"
	StateRelaying  State = "relaying"
	StateDone      State = "done"
	StateRefused   State = "refused"
	StateFailed    State = "failed"
)

// Ended reports whether the state is final.
func (s State) Ended() bool {
	return s == StateDone || s == StateRefused || s == StateFailed
}

// Upload is one tus upload and its outcome. The store knows its offset.
type Upload struct {
	ID      string
	Channel string
	// Subject is the `sub` of the token that created it.
	Subject string
	// ClientKey is the client's own name for the upload, unique for its channel and
	// subject; may be empty.
	ClientKey string
	// Length in bytes.
	Length int64
	// Metadata is the Upload-Metadata header as it came, for HEAD.
	Metadata     string
	Filename     string
	DeclaredType string
	// Kind that was asked for; empty to find it from the bytes.
	Kind media.Kind
	// Kinds that the creator's token allowed; empty for all.
	Kinds    []media.Kind
	Purposes []media.Purpose
	// DeclaredSHA256 is the client's digest; may be empty.
	DeclaredSHA256 string
	// SHA256 is our own digest, from the moment that all bytes are safe.
	SHA256 string
	State  State
	// Version grows with every change of the row.
	Version int64
	// Verdict is the server's own, from the moment that it was given. A refused
	// upload always has one.
	Verdict *preflight.Verdict
	// Problem says why the upload failed, or why its relay waits.
	Problem *Problem
	// AssetID is set when the upload is done.
	AssetID   string
	CreatedAt time.Time
	// TouchedAt is when bytes last arrived or the row's own version last grew; expiry counts from it.
	TouchedAt time.Time
}

// Caller is on whose behalf an upload is read or changed: the channel and the subject of
// a token. An upload belongs to the channel and the subject that created it.
type Caller struct {
	Channel string
	Subject string
	// AnySubject gives access to the uploads of all subjects of the channel.
	AnySubject bool
}

// MayUse reports whether the caller has access to an upload.
func (c Caller) MayUse(u Upload) bool {
	return u.Channel == c.Channel && (c.AnySubject || u.Subject == c.Subject)
}

// Problem says why an upload failed or waits.
type Problem struct {
	Reason reason.Reason
	// Retryable says that a new attempt from the stored bytes may succeed.
	Retryable bool
	// Detail is for operators: the provider's own codes and trace ids, never a secret.
	Detail string
}

// Content is bytes of a channel that a provider holds at least one copy of. They are
// kept and relayed once, however many names they have.
type Content struct {
	ID      string
	Channel string
	SHA256  string
	Type    string
	Kind    media.Kind
	Size    int64
	// UploadID is the upload whose stored bytes they are.
	UploadID  string
	CreatedAt time.Time
	Copies    []Copy
}

// Asset is a name that a person gave to a content. The same bytes under two names, or by
// two people, are two assets.
type Asset struct {
	ID        string
	Content   Content
	Filename  string
	Tags      []string
	CreatedBy string
	CreatedAt time.Time
}

// Copy is one provider object of a content: a media ID or a handle.
type Copy struct {
	Copy      media.Copy
	Value     string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// spare is how long a copy must still be valid to be used again: a handle that ends
// within ten minutes may end before its template is submitted.
const spare = 10 * time.Minute

// Reusable returns the content's copy of a sort if it stays valid long enough to be given out.
func (c Content) Reusable(want media.Copy, now time.Time) (Copy, bool) {
	return c.Valid(want, now.Add(spare))
}

// Valid returns the content's copy of a sort if it is valid at the time.
func (c Content) Valid(want media.Copy, at time.Time) (Copy, bool) {
	for _, c := range c.Copies {
		if c.Copy == want && c.ExpiresAt.After(at) {
			return c, true
		}
	}
	return Copy{}, false
}

// Cursor is the position of an upload in a list by activity; the zero Cursor is before
// all of them.
type Cursor struct {
	TouchedAt time.Time
	ID        string
}

// Cursor is the position of the upload in lists by activity.
func (u Upload) Cursor() Cursor { return Cursor{TouchedAt: u.TouchedAt, ID: u.ID} }

// AssetQuery selects assets of one channel, newest first.
type AssetQuery struct {
	Channel string
	Kind    media.Kind
	// Text is a part of the file name or of a tag, in any case.
	Text   string
	SHA256 string
	// Cursor continues a list: the Next of the page before.
	Cursor string
	// Limit is the page's size, 1 to 200.
	Limit int
}

// AssetPage is one page of a list of assets.
type AssetPage struct {
	Items []Asset
	// Next is the cursor of the following page; empty on the last.
	Next string
}
