// Package uploader is one chunked upload as a state machine: which request comes
// next, from which offset, how long to wait after a fault, when to ask for a token.
//
// It leaves everything else to its driver: sockets, clocks, timers, tokens and
// the bytes themselves. An event goes in, exactly one action comes out, and the
// action replaces whatever ran before (Idle alone lets it go on). So the same
// rules run in the browser's worker and in native tests.
//
// What it holds to: at most one request at a time; after any fault the server is
// asked for the offset (HEAD) and its answer is believed, be it smaller or larger
// than expected; an upload URL is forgotten only when the server itself says 404
// or 410, or that it threw away what arrived because it was damaged.
//
// Protocol: tus 1.0.0 with creation, creation-with-upload, checksum and termination.
package uploader

import (
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Config says what one upload is and where it goes. URLs are absolute and end
// in a slash where they name a collection.
type Config struct {
	// Files is the collection that creations are POSTed to ("https://host/files/").
	Files string
	// Uploads holds the state of each upload ("https://host/v1/uploads/").
	Uploads string
	// Assets is the library ("https://host/v1/assets").
	Assets string
	// Length is the size of the file in bytes.
	Length int64
	// Metadata is sent at the creation. With tusproto.KeyKey in it, a creation
	// whose answer was lost is repeated without making a second upload; with
	// tusproto.KeySHA256, the library is asked for the file first.
	Metadata []tusproto.Pair
	// URL is a known upload to go on with; empty to create one.
	URL string
	// Ceiling is the largest chunk in bytes that is known to pass on this way; 0 when unknown.
	Ceiling int64
	// CrossOrigin says that the driver is a browser on a page of another origin,
	// which reads no header of an answer that the server does not expose to it.
	CrossOrigin bool
	// Random gives numbers in [0,1) for the jitter of waits.
	Random func() float64
}

// Machine is one upload. It is not safe for concurrent use.
type Machine struct {
	config Config

	mode mode
	step step
	now  int64 // milliseconds, as the last event said

	url      string // the upload's own URL; empty until the server named it
	gone     string // the URL that the server last said it has no upload at
	accepted int64  // offset that the server last reported
	chunk    int64  // bytes of the next chunk
	ceiling  int64  // no chunk larger than this passes

	request int       // number of the latest request
	method  string    // and its HTTP method
	sent    sentChunk // the latest body, until it is known what became of it

	unsummed   bool // the server has shown that it takes no checksums
	unsure     bool // a creation was sent whose answer never came
	generation int  // of the key: how many of its uploads came to nothing
	complete   bool // all bytes are safe: what fails now is the relay
	again      bool // a relay that is found failed is due for a new attempt
	doubted    bool // the complete upload's events were not to be found
	damaged    int  // times that bytes arrived other than they were sent

	// What went wrong in a row, since a byte was accepted or a retry asked for.
	faults     int // of any kind
	corrupted  int // chunks that arrived damaged
	strange    int // answers in the server's place
	rejections int // of tokens; ended by any answer that is no rejection
	renewals   int // new uploads of this try, whatever was accepted
}

// sentChunk measures the line.
type sentChunk struct {
	size   int64 // bytes; 0 when there is nothing to measure
	at     int64 // when it was sent, in milliseconds
	took   int64 // milliseconds until it was answered or broke
	summed bool  // it went with its checksum
}

// mode says whether the machine's step is running or held up.
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

// step is the request that is running, or that comes next when the hold is over.
type step uint8

const (
	stepSearch step = iota // ask the library whether it has the file
	stepCreate
	stepAsk // HEAD: which offset?
	stepSend
	stepWatch
	stepRelay // ask for a new attempt at the provider
	stepDelete
)

// New makes a machine that waits for Start.
func New(c Config) *Machine {
	m := &Machine{config: c, url: c.URL, ceiling: MaxChunkBytes, chunk: FirstChunkBytes}
	if c.Ceiling > 0 {
		m.ceiling = clamp(c.Ceiling, MinChunkBytes, MaxChunkBytes)
	}
	m.chunk = min(m.chunk, m.ceiling)
	m.step = m.firstStep()
	return m
}

// URL is the upload's own URL; empty until the server has named it.
func (m *Machine) URL() string { return m.url }

// Accepted is the number of bytes that the server has acknowledged.
func (m *Machine) Accepted() int64 { return m.accepted }

// Ceiling is the largest chunk in bytes that may pass, learnt from 413 answers.
func (m *Machine) Ceiling() int64 { return m.ceiling }

// Damaged counts the times that bytes arrived other than they were sent. Each
// was found, and sent again.
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

// perform runs the machine's step.
func (m *Machine) perform() Action {
	m.mode = modeRunning
	m.request++
	if m.step == stepWatch {
		m.complete, m.method = true, "GET"
		return Watch{Request: m.request, URL: m.resource("/events"), StallAfter: WatchStallMilliseconds}
	}
	s := m.send()
	m.method = s.Method
	return s
}

func (m *Machine) fail(code reason.Code, retryable bool, facts ...reason.Fact) Action {
	if m.step == stepDelete {
		// The person has let go of the file; what stays behind expires by itself.
		return m.cancelled()
	}
	m.mode = modeFailed
	return Failed{Code: code, Retryable: retryable, Facts: facts}
}

func (m *Machine) cancelled() Action {
	m.mode = modeCancelled
	return Cancelled{}
}
