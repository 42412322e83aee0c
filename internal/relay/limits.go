package relay

import (
	"context"
	"errors"
	"time"

	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// bunched is how many requests of one phone number can be on their way at once,
// from two replicas. The provider counts what arrives, and a line may bunch what
// left apart: with so many less to begin in a second than it takes, no more than
// it takes arrive in one, however long each is on its way.
const bunched = 8

// uploadRate is how often a phone number of which perSecond uploads are taken may
// begin one: 17 times in a second where 25 are taken.
func uploadRate(perSecond int) limit.Rate {
	milliseconds := 1000/max(1, perSecond-bunched) + 1
	return limit.Rate{Every: time.Duration(milliseconds) * time.Millisecond, Burst: 1}
}

// offset asks a session how far it is, unless that might be one failure too
// many: a new session costs bytes, a blocked number costs half an hour.
func (r *Relay) offset(ctx context.Context, p Provider, s media.SessionID) (int64, error) {
	failures := p.Limits().FailedReadsPerHour
	if failures == 0 {
		return p.SessionOffset(ctx, s)
	}
	try, err := r.config.Limits.Try(ctx, "get/"+p.Limits().Number, limit.Budget{Errors: failures, Window: time.Hour})
	if err != nil {
		return 0, record(err)
	}
	offset, err := p.SessionOffset(ctx, s)
	if err != nil && answered(err) {
		return 0, err
	}
	back, cancel := context.WithTimeout(context.WithoutCancel(ctx), bookedWithin)
	defer cancel()
	return offset, errors.Join(err, record(try.Succeeded(back)))
}

// bookedWithin bounds how long a read that was no error is waited for to be given
// back: until then it counts as one.
const bookedWithin = 2 * time.Second

// answered reports whether the provider gave an answer, which it can count.
func answered(err error) bool {
	var said *provider.Error
	return errors.As(err, &said) && said.Status != 0
}

// mayUpload waits for the phone number's turn to make a media object.
func (r *Relay) mayUpload(ctx context.Context, p Provider) error {
	perSecond := p.Limits().UploadsPerSecond
	if perSecond == 0 {
		return nil
	}
	return record(r.config.Limits.Wait(ctx, "media/"+p.Limits().Number, uploadRate(perSecond)))
}
