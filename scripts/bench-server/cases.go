package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// benchCase is one measurement.
type benchCase struct {
	name    string
	measure func(p *process) (figures, error)
	// omit names servers for which the case says nothing.
	omit []string
	// title is what the table prints.
	title string
}

// figures are the results of one case by their names, such as "MB/s".
type figures map[string]float64

// content is a text of the length of the largest file, which mediarelay accepts.
var content = bytes.Repeat([]byte("What a server does with this file is measured, line by line.\n"), largeFile/60)[:largeFile]

const (
	largeFile = 10 << 20
	tinyFile  = 10 << 10
	// stalledUploads is enough for the memory of each to show beside the rest.
	stalledUploads = 256
	// stalledBytes is more than any buffer on the way.
	stalledBytes = 1 << 20
	takeovers    = 15
	// warmUp is how many files are sent before measuring, since the first ones also pay for
	// memory, prepared statements and new database pages.
	warmUp = 8
	// takeoverTimeout bounds the repetitions of a HEAD that is answered with 423.
	takeoverTimeout = time.Minute
)

func cases() []benchCase {
	return []benchCase{
		{name: "1", measure: uploads(1, 200, largeFile), title: "10 MB, 1 client"},
		{name: "8", measure: uploads(8, 256, largeFile), title: "10 MB, 8 clients"},
		{name: "64", measure: uploads(64, 384, largeFile), title: "10 MB, 64 clients"},
		{name: "512", measure: uploads(512, 512, largeFile), omit: []string{"tusd"}, title: "10 MB, 512 clients"},
		{name: "tiny", measure: uploads(64, 5120, tinyFile), title: "10 KB, 64 clients"},
		{name: "stalled", measure: stalled, omit: []string{"bare"}, title: "256 stalled uploads"},
		{name: "takeover", measure: takeover, omit: []string{"bare"}, title: "take over a half-open upload"},
	}
}

// uploads sends files of one size from a number of clients at once.
func uploads(clients, files, size int) func(*process) (figures, error) {
	return func(p *process) (figures, error) {
		connections := make([]*client, clients)
		for i := range connections {
			c, err := p.connect()
			if err != nil {
				return nil, err
			}
			defer c.close()
			connections[i] = c
		}
		if err := sendAll(connections[:min(clients, warmUp)], warmUp, content[:size]); err != nil {
			return nil, err
		}
		cpu, began := p.cpu(), time.Now()
		if err := sendAll(connections, files, content[:size]); err != nil {
			return nil, err
		}
		seconds, used := time.Since(began).Seconds(), p.cpu()-cpu
		gigabytes := float64(files) * float64(size) / 1e9
		return figures{
			"MB/s": 1000 * gigabytes / seconds, "files/s": float64(files) / seconds, "refused": float64(p.refused.Load()),
			"CPU s/GB": used.Seconds() / gigabytes, "MiB peak": float64(p.memory("VmHWM")) / 1024,
		}, nil
	}
}

func sendAll(connections []*client, files int, file []byte) error {
	var next atomic.Int64
	failed := make([]error, len(connections))
	var clients sync.WaitGroup
	for i, c := range connections {
		clients.Go(func() {
			for n := next.Add(1); n <= int64(files) && failed[i] == nil; n = next.Add(1) {
				failed[i] = c.upload(fmt.Sprintf("%d.txt", n), file)
			}
		})
	}
	clients.Wait()
	for _, err := range failed {
		if err != nil {
			return err // the first says what went wrong
		}
	}
	return nil
}

// stalled measures the memory of uploads that stop in the middle, without their clients
// going away.
func stalled(p *process) (figures, error) {
	before := p.memory("VmRSS")
	for range stalledUploads {
		c, _, err := stall(p, stalledBytes)
		if err != nil {
			return nil, err
		}
		defer c.close()
	}
	time.Sleep(time.Second) // the last ones are read
	return figures{"KiB each": float64(p.memory("VmRSS")-before) / stalledUploads}, nil
}

// stall begins an upload and sends only its first bytes.
func stall(p *process, sent int) (*client, string, error) {
	c, err := p.connect()
	if err != nil {
		return nil, "", err
	}
	path, err := c.create("a.mp4", largeFile, nil)
	if err == nil {
		err = c.send(patch(path, 0, largeFile, content[:sent]))
	}
	if err != nil {
		c.close()
		return nil, "", err
	}
	return c, path, nil
}

// takeover measures how long a HEAD takes on an upload whose earlier connection is open
// but silent.
func takeover(p *process) (figures, error) {
	var times []float64
	for range takeovers {
		took, err := takeOver(p)
		if err != nil {
			return nil, err
		}
		times = append(times, took.Seconds()*1000)
	}
	return figures{"ms": median(times)}, nil
}

func takeOver(p *process) (time.Duration, error) {
	silent, path, err := stall(p, stalledBytes)
	if err != nil {
		return 0, err
	}
	defer silent.close()
	time.Sleep(50 * time.Millisecond) // the server waits for more
	c, err := p.connect()
	if err != nil {
		return 0, err
	}
	defer c.close()
	began := time.Now()
	for {
		_, err := c.do(request{method: "HEAD", path: path})
		if err == nil || time.Since(began) > takeoverTimeout {
			return time.Since(began), err
		}
	}
}
