// Package uploader is the state machine of one resumable upload. It decides which
// request is next, from which offset, how long to wait after a failure, and when
// a new token is needed.
//
// It leaves the rest to its driver: sockets, clocks, timers, tokens and the bytes
// of the file. The driver passes in an event and gets exactly one action, which
// replaces the one before it (only Idle does not). The machine does no I/O, so the
// same rules run in the browser's worker and in native tests.
//
// Invariants:
//   - At most one request is in flight.
//   - After any failure of a chunk, the machine asks the server for the offset
//     (HEAD) and resumes there, whether it is smaller or larger than expected.
//   - It discards an upload's URL only if the server itself answers 404 or 410, or
//     reports that the stored bytes were damaged and deleted.
//
// Protocol: tus 1.0.0 with creation, creation-with-upload, checksum and termination.
package uploader

import (
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Config describes an upload and its server. URLs are absolute; the URL of a
// collection ends with a slash.
type Config struct {
	// Files is the collection for new uploads ("https://host/files/").
	Files string
	// Uploads is the collection of upload states ("https://host/v1/uploads/").
	Uploads string
	// Assets is the library ("https://host/v1/assets").
	Assets string
	// Length is the size of the file in bytes.
	Length int64
	// Metadata is sent with the creation. If it has tusproto.KeyKey, a creation
	// whose response was lost can be repeated without creating a second upload. If
	// it has tusproto.KeySHA256, the machine first looks the file up in the library.
	Metadata []tusproto.Pair
	// URL is an existing upload to resume; empty to create one.
	URL string
	// Ceiling is the largest chunk in bytes that is known to pass the proxies on
	// this connection; 0 if unknown.
	Ceiling int64
	// CrossOrigin is true if the server has another origin than the page. Then a
	// browser hides each response header that the server does not expose.
	CrossOrigin bool
	// Random returns numbers in [0,1), for jitter.
	Random func() float64
}

// Machine is one upload. It is not safe for concurrent use.
type Machine struct {
	config Config

	mode mode
	step step
	now  int64 // time of the last event, in milliseconds

	url      string // the upload's URL; empty until the server has sent it
	goneURL  string // the last URL that the server answered with 404 or 410
	accepted int64  // the offset that the server last reported
	chunk    int64  // size of the next chunk in bytes
	ceiling  int64  // limit of the chunk size in bytes

	request int       // number of the latest request
	method  string    // HTTP method of the latest request
	sent    sentChunk // the latest chunk, until its fate is known

	methodBlocked bool // a proxy blocks PATCH or DELETE: send POST with an override
	noChecksums   bool // the server does not support checksums
	unconfirmed   bool // a creation was sent and its response never came
	known         bool // the server may have the bytes already: create the upload without any
	keyGeneration int  // number of uploads under earlier forms of the key
	complete      bool // the server has all bytes, so a failure is the relay's
	retryRelay    bool // if the relay turns out to have failed, retry it
	stateMissing  bool // the state of the complete upload was not found once
	damaged       int  // times that bytes were damaged in transit

	// Failures since the server last accepted bytes, or since the last retry.
	faults          int // of any kind
	damagedChunks   int // chunks that failed their checksum
	foreignAnswers  int // 404 or 410 responses of a proxy
	standIns        int // responses of a proxy that stand in for the server's
	tokenRejections int // in a row, ended by any other response
	recreations     int // uploads created anew; accepted bytes do not reset it
}

// sentChunk is a chunk in flight, from which the throughput is measured.
type sentChunk struct {
	size     int64 // bytes; 0 if there is nothing to measure
	sentAt   int64 // milliseconds
	duration int64 // milliseconds until the response or the failure
	checksum bool  // whether it was sent with its checksum
}

// mode tells whether the machine's step is running, waiting or over.
type mode uint8

const (
	modeNew mode = iota
	modeRunning
	modeWaiting
	modeToken
	modePaused
	modeDone
	modeRefused
	modeFailed
	modeCancelled
)

// step is the request that is in flight, or the next one if the machine waits.
type step uint8

const (
	stepSearch step = iota // look the file up in the library
	stepCreate             // POST the upload, with the first chunk
	stepAsk                // HEAD: get the offset
	stepSend               // PATCH a chunk
	stepWatch              // follow the upload's state
	stepRelay              // have the server retry the relay
	stepDelete             // DELETE the upload
)

// New returns a machine that waits for Start.
func New(c Config) *Machine {
	m := &Machine{config: c, url: c.URL, ceiling: MaxChunkBytes, chunk: FirstChunkBytes}
	if c.Ceiling > 0 {
		m.ceiling = clamp(c.Ceiling, MinChunkBytes, MaxChunkBytes)
	}
	m.chunk = min(m.chunk, m.ceiling)
	m.step = m.firstStep()
	return m
}

// URL is the upload's URL; empty until the server has sent it.
func (m *Machine) URL() string { return m.url }

// Accepted is the number of bytes that the server has acknowledged.
func (m *Machine) Accepted() int64 { return m.accepted }

// Ceiling is the limit of the chunk size in bytes, learned from 413 responses.
func (m *Machine) Ceiling() int64 { return m.ceiling }

// Damaged counts how often bytes were damaged in transit. All of them were
// detected and sent again.
func (m *Machine) Damaged() int { return m.damaged }

func (m *Machine) firstStep() step {
	if m.url != "" {
		return stepAsk
	}
	if digest, ok := tusproto.Lookup(m.config.Metadata, tusproto.KeySHA256); ok && digest != "" {
		return stepSearch
	}
	return stepCreate
}

// perform starts the request of the machine's step.
func (m *Machine) perform() Action {
	m.mode = modeRunning
	m.request++
	if m.step == stepWatch {
		m.complete, m.method = true, "GET"
		return Watch{Request: m.request, URL: m.resource("")}
	}
	s := m.send()
	m.method = s.Method
	if m.methodBlocked {
		m.override(&s)
	}
	return s
}

func (m *Machine) fail(code reason.Code, retryable bool, facts ...reason.Fact) Action {
	if m.step == stepDelete {
		// The user has cancelled the upload. What is left on the server expires.
		return m.cancelled()
	}
	m.mode = modeFailed
	return Failed{Code: code, Retryable: retryable, Facts: facts}
}

func (m *Machine) cancelled() Action {
	m.mode = modeCancelled
	return Cancelled{}
}
