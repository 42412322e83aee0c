package intake

import (
	"context"
	"io"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/outcome"
	"mediarelay/internal/store"
)

// Uploads stores the rows of uploads; *library.Library implements it.
type Uploads interface {
	CreateUpload(ctx context.Context, u library.Upload) error
	UploadByID(ctx context.Context, id string) (library.Upload, error)
	UploadByKey(ctx context.Context, channel, subject, key string) (library.Upload, error)
	TouchUpload(ctx context.Context, id string) error
	FinishUpload(ctx context.Context, id, sha256 string, failure *library.Problem) error
	DeleteUpload(ctx context.Context, id string) error
	Asset(ctx context.Context, channel, id string) (library.Asset, error)
	ContentByDigest(ctx context.Context, channel, sha256 string) (library.Content, error)
	Unfinished(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)
	Ended(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)
}

// Bytes stores the bytes of uploads; *store.Folder implements it.
type Bytes interface {
	Create(ctx context.Context, id string) error
	Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error)
	AppendChecked(ctx context.Context, id string, offset int64, r io.Reader, check func(stored int64) error) (int64, error)
	Offset(ctx context.Context, id string) (int64, error)
	// Link gives the bytes of an upload to another one, which has none.
	Link(ctx context.Context, from, to string) error
	Seal(ctx context.Context, id string) error
	Open(ctx context.Context, id string) (*store.Content, error)
	Remove(ctx context.Context, id string) error
	Old(ctx context.Context, before time.Time) (ids []string, err error)
	// Present returns an error while the store is unavailable as a whole.
	Present(ctx context.Context) error
	// Quarantine moves the bytes of an upload aside and returns their new name.
	Quarantine(ctx context.Context, id string, at time.Time) (moved string, err error)
	// PurgeQuarantine deletes what was moved aside before a time.
	PurgeQuarantine(ctx context.Context, before time.Time) (purged int, err error)
	// Free returns the free space of the store in bytes.
	Free(ctx context.Context) (int64, error)
}

// Arrivals hears that this process created an upload or stored bytes of it, so that it
// may be sent early; *relay.Relay implements it. Arrived must not block.
type Arrivals interface {
	Arrived(u library.Upload)
}

// Leases are the locks of uploads; *lease.Keeper and *lease.Memory implement it.
type Leases interface {
	Acquire(ctx context.Context, name string) (*lease.Lease, error)
	RequestRelease(ctx context.Context, name string) error
	Released() <-chan struct{}
}

// Config configures an intake. Zero durations mean the defaults.
type Config struct {
	Uploads Uploads
	Bytes   Bytes
	Leases  Leases
	// Arrivals may be nil.
	Arrivals Arrivals
	// Ends records the ends of uploads that arrive damaged; nil for a recorder that
	// nobody reads.
	Ends *outcome.Recorder
	// Takes returns what a channel's provider accepts with its current configuration,
	// and the zero Takes for an unknown channel. Nil means no limits.
	Takes func(channel string) Takes
	// PublicURL is the URL of the server for browsers, without a path, such as
	// "https://media.example.com". If it is empty, the URLs of uploads are relative. No
	// header of a request is trusted for them.
	PublicURL string
	// Expiry is how long an unfinished upload is kept after its last bytes. Default 24 h.
	Expiry time.Duration
	// Retention is how long the bytes of an ended upload are kept. Default 720 h.
	Retention time.Duration
	// MinFree is the free space of the store in bytes below which no upload begins. 0
	// means no check.
	MinFree int64
	// NetworkTimeout is how long a request may stall. Default 30 s.
	NetworkTimeout time.Duration
	// Replicas says that other processes may serve the same database, so that one of them
	// may leave uploads behind.
	Replicas bool
	// Now is the library's clock, by which uploads expire. Nil means time.Now.
	Now func() time.Time
	// RateWindow is the period over which the minimum rate is measured. Default 60 s.
	RateWindow time.Duration
}

// Takes is what a channel's provider accepts. Anything else is rejected at creation,
// before its bytes are sent.
type Takes struct {
	// MediaBytes is the maximum size of a file for a message, inclusive; 0 means none.
	MediaBytes int64
	// NoHandles says why the provider cannot create handles and how to fix that. Clients
	// see the text. Nil if it can.
	NoHandles error
}
