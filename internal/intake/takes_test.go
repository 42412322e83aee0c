package intake_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"mediarelay/internal/intake"
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// What the channel's provider cannot take is rejected before its bytes are sent.
func TestUploadsThatTheProviderCannotTakeAreRejectedAtCreation(t *testing.T) {
	h := start(t, func(c *intake.Config) {
		c.Takes = func(channel string) intake.Takes {
			if channel != "acme" {
				return intake.Takes{}
			}
			return intake.Takes{MediaBytes: 1000, NoHandles: errors.New("this channel has no app_id")}
		}
	})
	for name, c := range map[string]struct {
		as, purposes string
		length       int
		status       int
		code         reason.Code
	}{
		"a message":                {acme, "message", 1000, http.StatusCreated, ""},
		"one byte too many":        {acme, "message", 1001, http.StatusRequestEntityTooLarge, reason.ProblemPayloadTooLarge},
		"a template":               {acme, "template", 1000, http.StatusUnprocessableEntity, reason.ProblemNoHandles},
		"a picture of the profile": {acme, "profile", 1000, http.StatusUnprocessableEntity, reason.ProblemNoHandles},
		"both":                     {acme, "message,template", 1000, http.StatusUnprocessableEntity, reason.ProblemNoHandles},
		"another channel":          {"other upload", "message,template", 1001, http.StatusCreated, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := *h
			h.T = t
			r := creation(5)
			r.as = c.as
			r.headers["Upload-Length"] = strconv.Itoa(c.length)
			r.headers["Upload-Metadata"] = tusproto.EncodeMetadata([]tusproto.Pair{
				{Key: "filename", Value: "a.jpg"}, {Key: "purpose", Value: c.purposes},
			})
			got := h.do(r)
			h.want(got, c.status, string(c.code))
			if told := strings.Contains(got.text, "this channel has no app_id"); told != (c.code == reason.ProblemNoHandles) {
				t.Errorf("the operator's hint: %t in %s", told, got.text)
			}
		})
	}
}
