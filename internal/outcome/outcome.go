// Package outcome records how uploads end: one log line and one count for each.
//
// It leaves to others what the end is (intake, relay) and the row that says so (library).
package outcome

import (
	"context"
	"log/slog"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/logging"
	"mediarelay/internal/reason"
)

// Delivery says how a provider got the file.
type Delivery string

// The deliveries. NotSent also covers an attempt that failed after some bytes.
const (
	Sent         Delivery = "sent"
	AlreadyThere Delivery = "already there" // copies of an earlier upload of the same file are valid
	NotSent      Delivery = "not sent"
)

// End is the end of one upload.
type End struct {
	// Upload is the upload's row.
	Upload library.Upload
	// State is done, refused or failed.
	State library.State
	// Code says why the upload was refused or failed; empty if it is done.
	Code reason.Code
	// Detail is for operators: the provider's own words, never a secret.
	Detail string
	// Finished is when the last byte was safe, Began when the last attempt to relay it
	// began, and At when it ended. Without an attempt Began is zero.
	Finished, Began, At time.Time
	Delivery            Delivery
	Attempts            int
	// TraceID identifies the last failed request to the provider's support.
	TraceID string
	// MediaID makes a file findable at the provider. It is of no use without the
	// channel's key. A handle is confidential and is not logged.
	MediaID string
	// Copies names the copies that the provider holds: media_id, handle.
	Copies []string
}

// Record logs an end and counts it.
func (r *Recorder) Record(ctx context.Context, e End) {
	r.count(e)
	level := slog.LevelInfo
	if e.State == library.StateFailed {
		level = slog.LevelWarn
	}
	slog.LogAttrs(ctx, level, "upload ended", e.attrs()...)
}

// attrs leave out what does not apply.
func (e End) attrs() []slog.Attr {
	attrs := []slog.Attr{
		slog.String("upload", e.Upload.ID), slog.String("channel", e.Upload.Channel),
		slog.String("subject", logging.SubjectDigest(e.Upload.Subject)),
		slog.String("state", string(e.State)), slog.Int64("size", e.Upload.Length),
		slog.String("delivery", string(e.Delivery)), slog.Int("attempts", e.Attempts),
	}
	for _, text := range []slog.Attr{
		slog.String("code", string(e.Code)), slog.String("detail", e.Detail),
		slog.String("trace_id", e.TraceID), slog.String("media_id", e.MediaID),
	} {
		if text.Value.String() != "" {
			attrs = append(attrs, text)
		}
	}
	if len(e.Copies) > 0 {
		attrs = append(attrs, slog.Any("copies", e.Copies))
	}
	if e.Began.IsZero() {
		return attrs
	}
	return append(attrs, slog.Int64("waiting_milliseconds", e.Began.Sub(e.Finished).Milliseconds()),
		slog.Int64("relay_milliseconds", e.At.Sub(e.Began).Milliseconds()))
}
