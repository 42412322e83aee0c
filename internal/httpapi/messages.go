package httpapi

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/problem"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay/policy"
)

// messageHandler sends an asset to one number.
type messageHandler struct {
	assets   Assets
	messages Messages
	now      func() time.Time
	logger   *slog.Logger
}

// messageRequest is the body of POST /v1/messages.
type messageRequest struct {
	// Asset is an asset's ID.
	Asset string `json:"asset"`
	// To is the recipient's number, with its country code.
	To string `json:"to"`
	// Caption is shown below an image, a video or a document; may be empty.
	Caption string `json:"caption"`
}

type messageJSON struct {
	ID    provider.MessageID `json:"id"`
	Asset string             `json:"asset"`
	To    string             `json:"to"`
}

// number is a number with its country code: at most 15 digits.
//
// Source: ITU-T E.164.
var number = regexp.MustCompile(`^\+?[1-9][0-9]{6,14}$`)

// send responds with 202: whether the message is delivered is reported later.
func (h messageHandler) send(c *gin.Context) {
	request, err := readMessageRequest(c.Request.Body)
	if err != nil {
		refuse(c, problem.BadRequest(err.Error()))
		return
	}
	channel := claimsOf(c).Channel
	asset, err := h.assets.Asset(c.Request.Context(), channel, request.Asset)
	if err != nil {
		fail(c, h.logger, err)
		return
	}
	message, err := h.message(request, asset)
	if err != nil {
		refuse(c, problem.From(err))
		return
	}
	id, err := h.messages.SendMessage(c.Request.Context(), channel, message)
	if err != nil {
		h.refuseFailure(c, err)
		return
	}
	c.JSON(http.StatusAccepted, messageJSON{ID: id, Asset: asset.ID, To: request.To})
}

// readMessageRequest reads a body. The error is written for the client.
func readMessageRequest(body io.Reader) (messageRequest, error) {
	var request messageRequest
	switch err := readJSON(body, &request); {
	case err != nil:
		return request, errors.New("send a JSON object of at most 16 KiB with asset, to and, if wanted, caption")
	case !idPattern.MatchString(request.Asset):
		return request, errors.New("asset must be the ID of an asset")
	case !number.MatchString(request.To):
		return request, errors.New("to must be a number with its country code, such as +4930123456: 7 to 15 digits")
	}
	return request, nil
}

// message is what the provider gets. The error is a problem.
func (h messageHandler) message(r messageRequest, a library.Asset) (provider.Message, error) {
	mediaID, ok := a.Content.Valid(media.CopyMediaID, h.now())
	if !ok {
		return provider.Message{}, problem.Conflict("The asset has no valid media ID. Upload the file again for the purpose message; its bytes are not sent again while they are kept.")
	}
	m := provider.Message{To: r.To, Kind: a.Content.Kind, MediaID: media.MediaID(mediaID.Value), Caption: r.Caption}
	if m.Kind == media.KindDocument {
		m.Filename = provider.SendAs(a.Filename, a.Content.Type)
	}
	if err := m.Check(); err != nil {
		return m, problem.BadRequest(err.Error() + ".")
	}
	return m, nil
}

// refuseFailure tells the client what the provider's answer means, and quotes it.
func (h messageHandler) refuseFailure(c *gin.Context, err error) {
	rule := policy.For(err)
	h.logger.WarnContext(c.Request.Context(), "message not sent", "channel", claimsOf(c).Channel, "code", rule.Code, "error", err.Error())
	p := problem.New(statusOfFailure(rule.Code), rule.Code, "")
	var answered *provider.Error
	if errors.As(err, &answered) {
		p.Detail = answered.Said()
		p.RetryAfter = int(answered.RetryAfter.Seconds())
	}
	if rule.MayHaveArrived {
		p.Detail = "It is not known whether the message was sent, so another attempt may send it twice. " + p.Detail
	}
	refuse(c, p)
}

// statusOfFailure: what the provider refuses is the request's fault; a channel that it
// rejects is a gateway's, as is a provider that does not answer.
func statusOfFailure(code reason.Code) int {
	switch code {
	case reason.ProviderRefused:
		return http.StatusUnprocessableEntity
	case reason.ProviderBusy:
		return http.StatusTooManyRequests
	default:
		return http.StatusBadGateway
	}
}
