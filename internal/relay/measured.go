package relay

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/verified"
	"mediarelay/internal/store"
)

// measured is a provider whose requests are timed and counted.
type measured struct {
	next    Provider
	metrics *Metrics
	channel string
}

func (m *Metrics) measured(channel string, p Provider) Provider {
	return &measured{next: p, metrics: m, channel: channel}
}

func (m *measured) Limits() provider.Limits { return m.next.Limits() }

// request times one request.
func (m *measured) request(operation string, do func() error) {
	began := time.Now()
	outcome := outcomeOf(do())
	m.metrics.requests.WithLabelValues(m.channel, operation, outcome).Observe(time.Since(began).Seconds())
}

// outcomeOf is the error's cause, unless we closed the request ourselves, which says
// nothing about the provider.
func outcomeOf(err error) string {
	if err == nil {
		return "ok"
	}
	for _, own := range []error{context.Canceled, early.ErrSilent, early.ErrTakenBack, verified.ErrDamaged, store.ErrNotFound} {
		if errors.Is(err, own) {
			return "broken_off"
		}
	}
	return string(provider.CauseOf(err))
}

func (m *measured) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (id media.MediaID, err error) {
	m.request("upload_media", func() error {
		id, err = m.next.UploadMedia(ctx, o, m.counted("upload_media", body))
		return err
	})
	return id, err
}

func (m *measured) OpenSession(ctx context.Context, o media.Object) (s media.SessionID, err error) {
	m.request("open_session", func() error {
		s, err = m.next.OpenSession(ctx, o)
		return err
	})
	return s, err
}

func (m *measured) SendSession(ctx context.Context, s media.SessionID, part provider.Part) (h media.Handle, err error) {
	part.Body = m.counted("send_session", part.Body)
	m.request("send_session", func() error {
		h, err = m.next.SendSession(ctx, s, part)
		return err
	})
	return h, err
}

func (m *measured) SessionOffset(ctx context.Context, s media.SessionID) (offset int64, err error) {
	m.request("session_offset", func() error {
		offset, err = m.next.SessionOffset(ctx, s)
		return err
	})
	return offset, err
}

func (m *measured) SendMessage(ctx context.Context, message provider.Message) (id provider.MessageID, err error) {
	m.request("send_message", func() error {
		id, err = m.next.SendMessage(ctx, message)
		return err
	})
	return id, err
}

func (m *measured) counted(operation string, body io.Reader) io.Reader {
	return &countedReader{from: body, bytes: m.metrics.bytes.WithLabelValues(m.channel, operation)}
}

type countedReader struct {
	from  io.Reader
	bytes prometheus.Counter
}

// Close passes the request's end on to the source.
func (c *countedReader) Close() error {
	provider.Release(c.from)
	return nil
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.bytes.Add(float64(n))
	return n, err
}
