package engines

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// webkit is WebKitGTK's MiniBrowser on a screen of its own, driven through
// WebDriver: https://www.w3.org/TR/webdriver2/
//
// An automation session of WebKitGTK is ephemeral: it has no profile.
type webkit struct {
	program string // WebKitWebDriver
	browser string // MiniBrowser
	xvfb    string

	display string
	screen  *exec.Cmd
	process *exec.Cmd
	session string // its URL
	given   bool   // whether the initial window is in use
}

func newWebKit(t testing.TB) browserstage.Browser {
	t.Helper()
	w := &webkit{program: stage.NeedProgram(t, "webkit", "WebKitWebDriver"), xvfb: stage.NeedProgram(t, "webkit", "Xvfb")}
	// Debian installs it beside the library.
	found, _ := filepath.Glob("/usr/lib/*/webkit2gtk-*/MiniBrowser")
	if len(found) == 0 {
		stage.SkipWithout(t, "webkit", "WebKitGTK's MiniBrowser is not installed (on Debian: apt-get install webkit2gtk-driver)")
	}
	w.browser = found[len(found)-1]
	if err := w.startScreen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { killGroup(w.screen) })
	return w
}

// startScreen starts the X server, which picks a free display number.
func (w *webkit) startScreen() error {
	w.screen = group(exec.Command(w.xvfb, "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"))
	said, err := w.screen.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.screen.Start(); err != nil {
		return err
	}
	number, err := bufio.NewReader(said).ReadString('\n')
	w.display = ":" + strings.TrimSpace(number)
	return err
}

func (w *webkit) Start() error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(address)
	w.process = group(exec.Command(w.program, "--host="+host, "--port="+port))
	w.process.Env = append(os.Environ(), "DISPLAY="+w.display, "GDK_BACKEND=x11")
	if err := w.process.Start(); err != nil {
		return err
	}
	if err := listening(address); err != nil {
		return err
	}
	var created struct{ SessionID string }
	err = command(http.MethodPost, "http://"+address+"/session", map[string]any{"capabilities": map[string]any{
		"alwaysMatch": map[string]any{
			"unhandledPromptBehavior":  "accept",
			"timeouts":                 map[string]int64{"script": driverTimeout.Milliseconds()},
			"webkitgtk:browserOptions": map[string]any{"binary": w.browser, "args": []string{"--automation"}},
		},
	}}, &created)
	w.session, w.given = "http://"+address+"/session/"+created.SessionID, false
	return err
}

// freeAddress is a free address: WebKitWebDriver cannot pick one itself.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// listening waits until a server listens on an address.
func listening(address string) error {
	for deadline := time.Now().Add(driverTimeout); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

func (w *webkit) Kill() {
	killGroup(w.process)
	w.process = nil
}

func (w *webkit) OpenTab() (browserstage.Driver, error) {
	var handle string
	if !w.given {
		w.given = true
		err := command(http.MethodGet, w.session+"/window", nil, &handle)
		return webkitTab{w, handle}, err
	}
	var created struct{ Handle string }
	err := command(http.MethodPost, w.session+"/window/new", map[string]any{"type": "window"}, &created)
	return webkitTab{w, created.Handle}, err
}

// command calls WebDriver and reads the value of its answer.
func command(method, url string, body, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), driverTimeout)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var envelope struct{ Value json.RawMessage }
	if err := json.NewDecoder(answer.Body).Decode(&envelope); err != nil {
		return fmt.Errorf("%s %s: %w", method, url, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, url, envelope.Value)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(envelope.Value, result)
}

type webkitTab struct {
	*webkit
	handle string
}

// call switches to this tab's window first: WebDriver's commands name no window.
func (w webkitTab) call(path string, body, result any) error {
	if err := command(http.MethodPost, w.session+"/window", map[string]string{"handle": w.handle}, nil); err != nil {
		return err
	}
	return command(http.MethodPost, w.session+path, body, result)
}

func (w webkitTab) Navigate(url string) error {
	return w.call("/url", map[string]string{"url": url}, nil)
}

func (w webkitTab) Evaluate(expression string) (string, error) {
	var outcome struct{ Value, Error string }
	err := w.call("/execute/async", map[string]any{
		"args": []any{}, "script": `
		const done = arguments[arguments.length - 1]
		;(async () => (` + expression + `))().then(value => done({ value }), error => done({ error: String(error) }))`,
	}, &outcome)
	if err == nil && outcome.Error != "" {
		err = fmt.Errorf("in the page: %s", outcome.Error)
	}
	return outcome.Value, err
}

func (w webkitTab) Choose(paths []string) error {
	// A node reference has one member, whose name the standard defines.
	var input map[string]string
	if err := w.call("/execute/sync", map[string]any{"args": []any{}, "script": "return " + fileInput}, &input); err != nil {
		return err
	}
	for _, id := range input {
		return w.call("/element/"+id+"/value", map[string]string{"text": strings.Join(paths, "\n")}, nil)
	}
	return fmt.Errorf("no element: %v", input)
}
