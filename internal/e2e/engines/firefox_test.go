package engines

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// firefox is driven through WebDriver BiDi, which Firefox implements itself:
// https://w3c.github.io/webdriver-bidi/
type firefox struct {
	program, folder string
	process         *exec.Cmd
	wire            *websocket.Conn
	calls           int
	given           bool // whether the initial tab is in use
}

// newFirefox has a profile of its own, which survives a kill.
func newFirefox(t testing.TB) browserstage.Browser {
	t.Helper()
	program := stage.NeedProgram(t, "firefox", "firefox-esr", "firefox")
	folder, err := os.MkdirTemp("", "firefox") //nolint:usetesting // Firefox's helpers may still write to it, which makes t.TempDir fail the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return &firefox{program: program, folder: folder}
}

func (f *firefox) Start() error {
	// Firefox accepts connections only from allowed origins.
	const origin = "http://127.0.0.1"
	f.process = group(exec.Command(f.program, "--headless", "--no-remote", "--profile", f.folder,
		"--remote-debugging-port=0", "--remote-allow-origins="+origin))
	said, err := f.process.StderrPipe()
	if err != nil {
		return err
	}
	if err := f.process.Start(); err != nil {
		return err
	}
	address, err := addressIn(bufio.NewScanner(said))
	if err != nil {
		return err
	}
	if f.wire, err = websocket.Dial(address+"/session", "", origin); err != nil {
		return err
	}
	f.given = false
	return f.call("session.new", map[string]any{"capabilities": map[string]any{
		"alwaysMatch": map[string]any{"unhandledPromptBehavior": map[string]string{"default": "accept"}},
	}}, nil)
}

// addressIn reads Firefox's output until it has printed its address, and drains the rest
// in the background.
func addressIn(said *bufio.Scanner) (string, error) {
	for said.Scan() {
		if _, address, ok := strings.Cut(said.Text(), "WebDriver BiDi listening on "); ok {
			go stage.Drain(said)
			return address, nil
		}
	}
	return "", errors.New("firefox ended without printing its address")
}

func (f *firefox) Kill() {
	if f.wire != nil {
		f.wire.Close()
	}
	killGroup(f.process)
	f.process = nil
}

func (f *firefox) OpenTab() (browserstage.Driver, error) {
	var all struct{ Contexts []struct{ Context string } }
	if !f.given {
		f.given = true
		err := f.call("browsingContext.getTree", map[string]any{}, &all)
		if err == nil && len(all.Contexts) == 0 {
			err = errors.New("firefox has no tab")
		}
		if err != nil {
			return nil, err
		}
		return firefoxTab{f, all.Contexts[0].Context}, nil
	}
	var created struct{ Context string }
	err := f.call("browsingContext.create", map[string]any{"type": "tab"}, &created)
	return firefoxTab{f, created.Context}, err
}

// driverTimeout bounds a call that a browser may leave unanswered.
const driverTimeout = 5 * time.Minute

// call sends a command and waits for its answer. Messages in between are events.
func (f *firefox) call(method string, params map[string]any, result any) error {
	f.calls++
	if err := f.wire.SetDeadline(time.Now().Add(driverTimeout)); err != nil {
		return err
	}
	if err := websocket.JSON.Send(f.wire, map[string]any{"id": f.calls, "method": method, "params": params}); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	for {
		var answer struct {
			ID             int
			Result         json.RawMessage
			Error, Message string
		}
		if err := websocket.JSON.Receive(f.wire, &answer); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		switch {
		case answer.ID != f.calls:
		case answer.Error != "":
			return fmt.Errorf("%s: %s: %s", method, answer.Error, answer.Message)
		case result == nil:
			return nil
		default:
			return json.Unmarshal(answer.Result, result)
		}
	}
}

type firefoxTab struct {
	*firefox
	context string
}

func (f firefoxTab) Navigate(url string) error {
	return f.call("browsingContext.navigate", map[string]any{"context": f.context, "url": url, "wait": "complete"}, nil)
}

func (f firefoxTab) Evaluate(expression string) (string, error) {
	remote, err := f.remote(expression)
	return remote.Value, err
}

// remoteValue is a value of the page: a string, or a reference to a node.
type remoteValue struct{ Value, SharedID string }

func (f firefoxTab) remote(expression string) (remoteValue, error) {
	var outcome struct {
		Type   string
		Result struct {
			Type     string
			Value    json.RawMessage
			SharedID string `json:"sharedId"`
		}
		ExceptionDetails struct{ Text string }
	}
	err := f.call("script.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "target": map[string]string{"context": f.context},
	}, &outcome)
	if err == nil && outcome.Type == "exception" {
		err = errors.New(outcome.ExceptionDetails.Text)
	}
	found := remoteValue{SharedID: outcome.Result.SharedID}
	if err == nil && outcome.Result.Type == "string" {
		err = json.Unmarshal(outcome.Result.Value, &found.Value)
	}
	return found, err
}

func (f firefoxTab) Choose(paths []string) error {
	input, err := f.remote(fileInput)
	if err != nil {
		return err
	}
	return f.call("input.setFiles", map[string]any{
		"context": f.context, "element": map[string]string{"sharedId": input.SharedID}, "files": paths,
	}, nil)
}

// fileInput is the element's own file input, which its button opens.
const fileInput = `document.querySelector('media-upload').shadowRoot.querySelector('input[type=file]')`
