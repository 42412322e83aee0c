package faults

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

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/preflight/preflighttest"
)

// The rates of the benchmark's lines, in KB of 1000 bytes a second.
const (
	clientRate   = 20_000 / 8  // 20 Mbit/s, from the client to the server
	providerRate = 100_000 / 8 // 100 Mbit/s, from the server to the provider
)

// BenchmarkUploadToCopy times a video of 16 MB from its creation to the state done, on a
// line of 20 Mbit/s, with the provider behind one of 100 Mbit/s. The peer is one bare
// PATCH of the same bytes on the client's line, to a handler that reads them.
//
//	peers/op    the file's time as a multiple of the peer's
//	s/bare      the peer's time
func BenchmarkUploadToCopy(b *testing.B) {
	content := video16MB(b)
	for _, row := range []struct{ name, purposes, early string }{
		{"media-ID-early", "message", "all"},
		{"media-ID-after-the-upload", "message", "handles"},
		{"handle", "template", "handles"},
		{"both-early", "message,template", "all"},
	} {
		for name, checked := range map[string]bool{"one-chunk": false, "checked-chunks-of-4MB": true} {
			b.Run(row.name+"/"+name, func(b *testing.B) {
				f := &stage.File{Name: "clip.mp4", Content: content, Purposes: row.purposes, Checksums: checked, ChunkSize: len(content)}
				if checked {
					f.ChunkSize = 4 << 20
				}
				benchUpload(b, row.early, f)
			})
		}
	}
}

func benchUpload(b *testing.B, early string, f *stage.File) {
	var ours, bare []float64
	for b.Loop() {
		bare = append(bare, barePatch(b, f.Content))
		ours = append(ours, timeToDone(b, early, f))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(stage.Median(bare), "s/bare")
	b.ReportMetric(stage.Median(ours)/stage.Median(bare), "peers/op")
}

// timeToDone returns the seconds that an upload takes on a new server, to which and to
// whose provider the file is unknown.
func timeToDone(b *testing.B, early string, f *stage.File) float64 {
	i := stage.NewProcess(b)
	channels := i.Env["MEDIARELAY_CHANNELS_FILE"]
	text, err := os.ReadFile(channels)
	i.Must(err)
	far := slowProxy(b, i.Provider.URL, providerRate)
	i.Must(os.WriteFile(channels, bytes.ReplaceAll(text, []byte(i.Provider.URL), []byte(far)), 0o600))
	i.Env["MEDIARELAY_RELAY_EARLY"] = early
	i.Start()
	i.Address = strings.TrimPrefix(slowProxy(b, i.URL(), clientRate), "http://")
	ctx, cancel := context.WithTimeout(b.Context(), 2*stage.RecoveryTimeout)
	defer cancel()
	began := time.Now()
	i.Must(i.Send(ctx, f))
	u, err := i.AwaitUpload(ctx, f.ID)
	i.Must(err)
	if u.State != "done" {
		b.Fatalf("the upload is %s", u.State)
	}
	took := time.Since(began).Seconds()
	i.Signal(syscall.SIGTERM)
	return took
}

func barePatch(b *testing.B, content []byte) float64 {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPatch, slowProxy(b, server.URL, clientRate), bytes.NewReader(content))
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

// slowProxy puts a line with a rate in KB a second in front of a server and returns its
// URL.
func slowProxy(b *testing.B, url string, rate int) string {
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
