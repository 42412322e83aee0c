package uploader_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

// transport carries out actions against a real server. It has a simulated clock:
// waits take no real time, and every request takes three seconds.
type transport struct {
	t       *testing.T
	server  *tusServer
	client  *http.Client
	content []byte

	now     int64
	token   string
	tokens  int
	actions int
}

// maxActions is far more than any upload of these tests needs.
const maxActions = 200

func newTransport(t *testing.T, s *tusServer, content []byte) *transport {
	// net/http repeats requests on reused connections by itself. Without keep-alive,
	// every request that the server sees is the machine's.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return &transport{t: t, server: s, client: client, content: content, token: "first"}
}

// drive runs a machine until it has ended and returns its last action.
func (p *transport) drive(m *uploader.Machine) uploader.Action {
	action := m.Handle(p.now, uploader.Start{})
	for !uploader.Ended(action) {
		event := p.do(action)
		action = m.Handle(p.now, event)
	}
	return action
}

// do carries out an action to its end and returns the resulting event.
func (p *transport) do(a uploader.Action) uploader.Event {
	if p.actions++; p.actions > maxActions {
		p.t.Fatalf("not done after %d actions; the last one is %#v", maxActions, a)
	}
	switch a := a.(type) {
	case uploader.Send:
		p.now += 3000
		return p.send(a)
	case uploader.Watch:
		return p.watch(a)
	case uploader.Wait:
		p.now += a.Milliseconds
		return uploader.Due{}
	case uploader.NeedToken:
		p.tokens++
		p.token = p.server.currentToken()
		return uploader.TokenReady{}
	}
	p.t.Fatalf("unexpected action %#v", a)
	return nil
}

func (p *transport) send(s uploader.Send) uploader.Event {
	request, err := http.NewRequest(s.Method, s.URL, bytes.NewReader(p.content[s.Offset:s.Offset+s.Length]))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, h := range s.Headers {
		request.Header.Set(h.Name, h.Value)
	}
	if s.Checksum {
		request.Header.Set(tusproto.HeaderChecksum, checksum(p.content[s.Offset:s.Offset+s.Length]))
	}
	response, err := p.request(request)
	if err != nil {
		return uploader.Broken{Request: s.Request}
	}
	offset, _ := parseOffset(response.Header.Get(tusproto.HeaderOffset))
	return uploader.Answer{
		Request: s.Request, Status: response.StatusCode, Offset: offset,
		Location: response.Header.Get(tusproto.HeaderLocation),
		Foreign:  response.Header.Get(tusproto.HeaderResumable) == "",
	}
}

// checksum is the value of Upload-Checksum for a body.
func checksum(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256 " + base64.StdEncoding.EncodeToString(sum[:])
}

func (p *transport) watch(w uploader.Watch) uploader.Event {
	request, err := http.NewRequest(http.MethodGet, w.URL, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := p.request(request)
	if err != nil {
		return uploader.Broken{Request: w.Request}
	}
	if response.StatusCode != http.StatusOK {
		return uploader.Answer{Request: w.Request, Status: response.StatusCode, Offset: -1}
	}
	return uploader.Watched{Request: w.Request, State: uploader.StateDone}
}

func (p *transport) request(request *http.Request) (*http.Response, error) {
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := p.client.Do(request)
	var broken *url.Error
	if errors.As(err, &broken) {
		return nil, err
	}
	if err != nil {
		p.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response, response.Body.Close()
}

func parseOffset(header string) (int64, error) {
	n, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		return -1, err
	}
	return n, nil
}
