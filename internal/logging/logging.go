// Package logging makes the log of the process: JSON or text, from a level on, with the
// ID of the request in every line that is written on behalf of one.
//
// It leaves to others what is logged.
package logging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
)

// Options say which lines are written, and in which format.
type Options struct {
	Level slog.Level
	// Text writes key=value pairs and not JSON.
	Text bool
}

// New returns a logger that writes lines to w.
func New(w io.Writer, o Options) *slog.Logger {
	options := &slog.HandlerOptions{Level: o.Level}
	if o.Text {
		return slog.New(handler{slog.NewTextHandler(w, options)})
	}
	return slog.New(handler{slog.NewJSONHandler(w, options)})
}

// handler adds the request's ID to each line whose context has one.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, line slog.Record) error {
	if id := RequestID(ctx); id != "" {
		line = line.Clone() // other handlers may share its attributes
		line.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, line)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

type requestKey struct{}

// WithRequestID returns a context of a request with an ID.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestID returns the ID of the context's request, or nothing.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// digestLength is the number of hexadecimal digits of a digest in a log line: 48 bits
// tell a million subjects apart.
const digestLength = 12

// SubjectDigest stands for a token's subject in a log line. Subjects are often names or
// addresses of people, and logs are kept and passed on. An operator who knows a subject
// finds its lines with printf %s SUBJECT | sha256sum.
func SubjectDigest(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	return hex.EncodeToString(sum[:])[:digestLength]
}
