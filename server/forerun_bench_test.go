package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"mediarelay/internal/preflight/preflighttest"
)

// The lines of the benchmark, in KB of 1000 bytes a second.
const (
	clientLine   = 20_000 / 8  // 20 Mbit/s, from the client to the server
	providerLine = 100_000 / 8 // 100 Mbit/s, from the server to the provider
)

// BenchmarkDropToCopy times a video of 16 MB from its creation to the state done,
// on a line of 20 Mbit/s, and the provider behind one of 100 Mbit/s. The peer is
// one bare PATCH of the same bytes on the client's line, to a handler that reads them.
//
//	peers/op    how many times the peer's time the file takes
//	s/bare      the peer
func BenchmarkDropToCopy(b *testing.B) {
	content := video16MB(b)
	for _, row := range []struct{ name, purposes, early string }{
		{"media-ID-early", "message", "all"},
		{"media-ID-after-the-upload", "message", "handles"},
		{"handle", "template", "handles"},
		{"both-early", "message,template", "all"},
	} {
		for name, checked := range map[string]bool{"one-chunk": false, "checked-chunks-of-4MB": true} {
			b.Run(row.name+"/"+name, func(b *testing.B) {
				f := &sent{name: "clip.mp4", content: content, purposes: row.purposes, checked: checked, chunk: len(content)}
				if checked {
					f.chunk = 4 << 20
				}
				benchDrop(b, row.early, f)
			})
		}
	}
}

func benchDrop(b *testing.B, early string, f *sent) {
	var ours, bare []float64
	for b.Loop() {
		bare = append(bare, barePatch(b, f.content))
		ours = append(ours, dropToDone(b, early, f))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(bare), "s/bare")
	b.ReportMetric(median(ours)/median(bare), "peers/op")
}

// dropToDone gives the seconds that a server of its own takes, so that nothing is
// known to it or to the provider.
func dropToDone(b *testing.B, early string, f *sent) float64 {
	i := install(b)
	channels := i.variables["MEDIARELAY_CHANNELS_FILE"]
	text, err := os.ReadFile(channels)
	i.must(err)
	far := slowLine(b, i.provider.URL, providerLine)
	i.must(os.WriteFile(channels, bytes.ReplaceAll(text, []byte(i.provider.URL), []byte(far)), 0o600))
	i.variables["MEDIARELAY_RELAY_EARLY"] = early
	i.start()
	i.address = strings.TrimPrefix(slowLine(b, i.url(), clientLine), "http://")
	ctx, cancel := context.WithTimeout(b.Context(), 2*within)
	defer cancel()
	began := time.Now()
	i.must(i.send(ctx, f))
	u, err := i.awaitUpload(ctx, f.id)
	i.must(err)
	if u.State != "done" {
		b.Fatalf("the upload is %s", u.State)
	}
	took := time.Since(began).Seconds()
	i.signal(syscall.SIGTERM)
	return took
}

func barePatch(b *testing.B, content []byte) float64 {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPatch, slowLine(b, server.URL, clientLine), bytes.NewReader(content))
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	return time.Since(began).Seconds()
}

// slowLine puts a line of a rate before a server and returns its URL.
func slowLine(b *testing.B, url string, rate int) string {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	line := toxiproxy.NewProxy(server, "line", "127.0.0.1:0", strings.TrimPrefix(url, "http://"))
	if err := line.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(line.Stop)
	text, err := json.Marshal(map[string]any{"type": "bandwidth", "stream": "upstream", "attributes": map[string]int{"rate": rate}})
	if err == nil {
		_, err = line.Toxics.AddToxicJson(bytes.NewReader(text))
	}
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + line.Listen
}

func video16MB(b *testing.B) []byte {
	made, err := preflighttest.Make("mp4 video=h264 audio=aac bytes=15900000 samples=2800")
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "clip.mp4")
	if err := made.Save(path); err != nil {
		b.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return content
}
