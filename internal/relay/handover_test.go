package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
)

// replica is the config of another process on the same database.
func (h *harness) replica() relay.Config {
	c, keeper := h.config, lease.NewKeeper(h.db)
	h.run(keeper.Run)
	c.Leases = keeper
	return c
}

// A relay that a stopping process cannot end is due for another at once, and the
// attempt does not count.
func TestAStopHandsTheRelayOver(t *testing.T) {
	each(t, func(h *harness) {
		h.freeze()
		stall := h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Stall())
		stop := h.relay()
		h.finish("u1", picture(9), media.PurposeMessage)
		h.awaitFired(stall)
		began := time.Now()
		stop()
		if took := time.Since(began); took > 5*time.Second {
			h.Errorf("the stop took %v, with a drain of %v", took, h.config.Drain)
		}
		r, err := h.library.OpenRelay(h.Context(), "u1")
		if err != nil || r.Attempts != 0 || r.Sending {
			h.Errorf("the relay is %+v, %v, want it due with no attempt counted", r, err)
		}
		h.wantMetric("mediarelay_relay_ambiguous_total", 1) // the provider had every byte
		h.run(relay.New(h.replica()).Run)
		h.awaitState("u1", library.StateDone)
	})
}

// A relay that can end within the drain does.
func TestAStopLetsRunningRelaysEnd(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Drain = patience
		slow := h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(10_000))
		stop := h.relay()
		h.finish("u1", picture(9), media.PurposeMessage)
		h.awaitFired(slow)
		stop()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

// frozen is a process that does not run for a while: it does not renew its leases, and
// does not learn that they are lost.
func (h *harness) frozen() relay.Config {
	c := h.config
	c.Leases = lease.NewKeeper(h.db) // and no Run
	c.Metrics = relay.NewMetrics(h.library)
	c.Poll = time.Hour
	return c
}

// A worker that slept through its lease may not record its copy. The copy counts
// as an orphan, and that of the other worker is used.
func TestAWorkerThatSleptLosesToTheOneThatTookOver(t *testing.T) {
	each(t, func(h *harness) {
		asleep, awake := make(chan struct{}), make(chan struct{})
		sleeper := h.frozen()
		sleeper.Providers = map[string]relay.Provider{"acme": watch{h.config.Providers["acme"], func() {
			close(asleep)
			<-awake
		}}}
		slept := h.run(relay.New(sleeper).Run)
		h.finish("u1", picture(600), media.PurposeMessage)
		h.wait(asleep)
		h.must(h.exec("UPDATE leases SET expires_at = 0")) // as 10 s without a beat do

		h.clock.advance(lease.TimeToLive)
		h.run(relay.New(h.replica()).Run)
		winner := h.asset(h.awaitState("u1", library.StateDone))
		h.wantMetric("mediarelay_relay_ambiguous_total", 1)

		close(awake)
		slept()
		if got := h.asset(h.awaitState("u1", library.StateDone)); got.Content.Copies[0].Value != winner.Content.Copies[0].Value {
			h.Errorf("the media ID was %q and is %q", winner.Content.Copies[0].Value, got.Content.Copies[0].Value)
		}
		h.wantCalls(sandbox.OpUploadMedia, 2)
		h.metrics = sleeper.Metrics
		h.wantMetric("mediarelay_relay_orphans_total", 1)
	})
}

// A worker that dies between the answer and the commit leaves a mark, which the
// next one counts.
func TestAWorkerThatDiesWithTheAnswerIsCounted(t *testing.T) {
	each(t, func(h *harness) {
		asked := make(chan struct{})
		dying := h.frozen()
		dying.Providers = map[string]relay.Provider{"acme": mute{h.config.Providers["acme"], asked}}
		dead, die := context.WithCancel(context.Background())
		died := make(chan struct{})
		go func() { relay.New(dying).Run(dead); close(died) }()
		h.finish("u1", picture(610), media.PurposeMessage)
		h.wait(asked)
		h.must(h.exec("DELETE FROM leases")) // as the next process does at its start

		h.clock.advance(lease.TimeToLive)
		h.run(relay.New(h.replica()).Run)
		h.awaitState("u1", library.StateDone)
		h.wantMetric("mediarelay_relay_ambiguous_total", 1)
		if objects := len(h.sandbox.AllMedia()); objects != 2 {
			h.Errorf("the provider has %d objects, want the orphan and the asset's", objects)
		}
		die()
		<-died
	})
}

// mute is a provider whose answers never reach the worker.
type mute struct {
	relay.Provider
	asked chan struct{}
}

func (m mute) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	_, err := m.Provider.UploadMedia(ctx, o, body)
	close(m.asked)
	<-ctx.Done()
	return "", errors.Join(err, ctx.Err())
}

// A dead worker's relay is taken over when its lease has expired, in real time:
// lease.TimeToLive, the wait of the attempt, and one poll.
func TestADeadWorkersRelayIsTakenOverWithin15Seconds(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Now, h.config.Poll = time.Now, time.Second
		h.library.UseClock(time.Now)
		asked := make(chan struct{})
		dying := h.frozen()
		dying.Providers = map[string]relay.Provider{"acme": mute{h.config.Providers["acme"], asked}}
		h.finish("u1", picture(620), media.PurposeMessage)
		stop := h.run(relay.New(dying).Run)
		h.wait(asked)
		began, second := time.Now(), make(chan struct{})
		next := h.replica()
		next.Providers = map[string]relay.Provider{"acme": watch{h.config.Providers["acme"], func() { close(second) }}}
		h.run(relay.New(next).Run)
		h.wait(second)
		took := time.Since(began)
		h.Logf("taken over after %v", took)
		if took > 15*time.Second {
			h.Errorf("taken over after %v", took)
		}
		h.awaitState("u1", library.StateDone)
		stop()
	})
}

func TestTwoReplicasRelayEachUploadOnce(t *testing.T) {
	each(t, func(h *harness) {
		h.run(relay.New(h.config).Run)
		h.run(relay.New(h.replica()).Run)
		const uploads = 10
		for i := range uploads {
			h.finish(fmt.Sprintf("u%d", i), picture(100+i), both...)
		}
		for i := range uploads {
			h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
		}
		h.wantCalls(sandbox.OpUploadMedia, uploads)
		h.wantCalls(sandbox.OpSendSession, uploads)
	})
}

func (h *harness) wait(event <-chan struct{}) {
	h.Helper()
	select {
	case <-event:
	case <-time.After(patience):
		h.Fatal("waited in vain")
	}
}
