package stage

import (
	"bytes"
	"strings"
	"sync"
)

// Logs is the log of every server in this process.
var Logs = new(LogBook)

// LogBook is a log that tests can search while it is written.
type LogBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *LogBook) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

// LineWith returns the first line that contains a text, or nothing.
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

// All is the whole log.
func (b *LogBook) All() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Tail is the end of the log, for the message of a failed test.
func (b *LogBook) Tail() string {
	all := b.All()
	return all[max(0, len(all)-2000):]
}

// Count returns how many lines contain a text.
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
