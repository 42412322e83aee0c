package relay_test

import (
	"strings"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

// A row that cannot be decoded fails its upload, with a code, and blocks no other.
func TestADamagedRowFailsAlone(t *testing.T) {
	for name, statement := range map[string]string{
		"purposes": "UPDATE uploads SET purposes = 'poster' WHERE id = 'u1'",
		"kinds":    "UPDATE uploads SET kinds = 'film' WHERE id = 'u1'",
		"verdict":  `UPDATE uploads SET verdict = '{"outcome":' WHERE id = 'u1'`,
		"problem":  "UPDATE uploads SET problem = 'x' WHERE id = 'u1'",
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(h *harness) {
				h.finish("u1", picture(700), media.PurposeMessage)
				h.finish("u2", picture(701), media.PurposeMessage)
				h.must(h.exec(statement))
				h.relay()
				h.awaitState("u2", library.StateDone)
				u := h.await("u1", "its end", func(u library.Upload) bool {
					_, err := h.library.OpenRelay(h.Context(), "u1")
					return u.State == library.StateFailed && err != nil
				})
				if u.Problem == nil || u.Problem.Reason.Code != reason.ProblemInternal {
					h.Errorf("problem %+v, want our own", u.Problem)
				}
				h.wantCalls(sandbox.OpUploadMedia, 1)
			})
		})
	}
}

// Fewer or more stored bytes than were finished are not the file.
func TestStoredBytesThatWereChangedAreNotSent(t *testing.T) {
	each(t, func(h *harness) {
		for id, change := range map[string]string{"longer": "more", "shorter": ""} {
			content := picture(710)
			h.finish(id, content, media.PurposeMessage)
			if change == "" {
				h.must(h.bytes.Remove(h.Context(), id))
				h.must(h.bytes.Create(h.Context(), id))
				content = nil
				change = "less"
			}
			_, err := h.bytes.Append(h.Context(), id, int64(len(content)), strings.NewReader(change))
			h.must(err)
		}
		h.finish("u1", picture(711), media.PurposeMessage)
		h.relay()
		h.awaitState("u1", library.StateDone)
		for _, id := range []string{"longer", "shorter"} {
			if u := h.awaitState(id, library.StateFailed); u.Problem.Reason.Code != reason.BytesGone {
				h.Errorf("%s: problem %+v", id, u.Problem)
			}
		}
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

// Times written by a clock that was a day ahead delay no relay and no channel.
func TestAClockThatWasWrongDelaysNoRelay(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Now = time.Now
		h.library.UseClock(time.Now)
		ahead := time.Now().Add(24 * time.Hour).UnixMilli()
		h.finish("u1", picture(720), media.PurposeMessage)
		h.must(h.exec("UPDATE relays SET next_at = $1", ahead))
		h.must(h.exec("INSERT INTO circuits (channel, failures, opened_at, probe_at) VALUES ('acme', 5, $1, $2)", ahead, ahead))
		h.must(h.exec("INSERT INTO leases (name, owner, epoch, expires_at) VALUES ($1, 'dead', 1, $2)",
			library.Relay{Channel: "acme", SHA256: digestOf(picture(720))}.LeaseName(), ahead))
		h.relay()
		h.awaitState("u1", library.StateDone)
	})
}

// The default clock is the library's.
func TestARelayUsesItsLibrarysClock(t *testing.T) {
	each(t, func(h *harness) {
		ahead := time.Now().Add(100 * 24 * time.Hour)
		h.library.UseClock(func() time.Time { return ahead })
		h.config.Now = nil
		h.script(sandbox.OpUploadMedia, answeredWith(429, "60"))
		h.finish("u1", picture(730), media.PurposeMessage)
		h.relay()
		h.awaitProblem("u1")
		if next := h.nextAt("u1"); next.Before(ahead) {
			h.Errorf("the next attempt is at %v, want it after %v", next, ahead)
		}
	})
}
