package relay

import (
	"context"
	"errors"
	"time"

	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// limitedProvider is a channel's provider, measured, within the limits of its phone
// number. A channel whose key changes gets another one.
type limitedProvider struct {
	Provider
	limits Limits
}

func (r *Relay) limited(channel string, p Provider) *limitedProvider {
	return &limitedProvider{Provider: r.config.Metrics.measured(channel, p), limits: r.config.Limits}
}

// bunched is how many requests of one phone number can arrive together although two
// replicas sent them apart. The provider counts what arrives. If so many less begin in
// a second than it accepts, no more than it accepts arrive in one.
const bunched = 8

// uploadRate is how often a phone number may begin an upload if its provider accepts
// perSecond of them: 17 times a second for 25.
func uploadRate(perSecond int) limit.Rate {
	milliseconds := 1000/max(1, perSecond-bunched) + 1
	return limit.Rate{Every: time.Duration(milliseconds) * time.Millisecond, Burst: 1}
}

// AwaitUploadSlot waits until the phone number may begin another upload of media.
func (p *limitedProvider) AwaitUploadSlot(ctx context.Context) error {
	limits := p.Limits()
	if limits.UploadsPerSecond == 0 {
		return nil
	}
	return recordFault(p.limits.Wait(ctx, "media/"+limits.Number, uploadRate(limits.UploadsPerSecond)))
}

// SessionOffset asks a session for its offset, unless that could be one failed read too
// many. A new session costs bytes; a blocked number costs half an hour. The failure is
// booked before the request and given back after a success.
func (p *limitedProvider) SessionOffset(ctx context.Context, s media.SessionID) (int64, error) {
	limits := p.Limits()
	if limits.FailedReadsPerHour == 0 {
		return p.Provider.SessionOffset(ctx, s)
	}
	try, err := p.limits.Try(ctx, "get/"+limits.Number, limit.Budget{Errors: limits.FailedReadsPerHour, Window: time.Hour})
	if err != nil {
		return 0, recordFault(err)
	}
	offset, err := p.Provider.SessionOffset(ctx, s)
	if err != nil && answered(err) {
		return 0, err
	}
	back, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
	defer cancel()
	return offset, errors.Join(err, recordFault(try.Succeeded(back)))
}

// giveBackTimeout bounds how long the booking of a read that succeeded may take to be
// given back. Until then it counts as a failure.
const giveBackTimeout = 2 * time.Second

// answered reports whether the provider answered, so that it counts the request.
func answered(err error) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Status != 0
}
