package stage

import (
	"bytes"
	"strings"
	"sync"
)

// logs is what every server of this test run has logged.
var Logs = new(LogBook)

type LogBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *LogBook) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

// lineWith gives the first line that holds a text, or nothing.
func (b *LogBook) LineWith(part string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.Lines(b.text.String()) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

func (b *LogBook) All() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// tail is the end of the log, for the message of a test that failed.
func (b *LogBook) Tail() string {
	all := b.All()
	return all[max(0, len(all)-2000):]
}

// count gives how many lines hold a text.
func (b *LogBook) Count(part string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.Lines(b.text.String()) {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}
