package uploader

import (
	"strconv"
	"strings"

	"mediarelay/internal/tusproto"
)

// send builds the request of the machine's step.
func (m *Machine) send() Send {
	s := Send{Request: m.request, URL: m.url, StallAfter: StallMilliseconds}
	switch m.step {
	case stepSearch:
		digest, _ := tusproto.Lookup(m.config.Metadata, tusproto.KeySHA256)
		s.Purpose, s.Method, s.URL = Search, "GET", m.config.Assets+"?sha256="+digest
	case stepCreate:
		m.creation(&s)
	case stepAsk:
		s.Purpose, s.Method, s.Headers = Ask, "HEAD", tusHeaders()
	case stepSend:
		m.retryRelay = false
		s.Purpose, s.Method = Chunk, "PATCH"
		s.Headers = append(tusHeaders(), Header{tusproto.HeaderOffset, number(m.accepted)})
		m.body(&s)
	case stepRelay:
		s.Purpose, s.Method, s.URL = Relay, "POST", m.resource("/retry")
	case stepDelete:
		s.Purpose, s.Method, s.Headers = Delete, "DELETE", tusHeaders()
	}
	return s
}

func (m *Machine) creation(s *Send) {
	s.Purpose, s.Method, s.URL = Create, "POST", m.config.Files
	s.Headers = append(tusHeaders(),
		Header{tusproto.HeaderLength, number(m.config.Length)},
		Header{tusproto.HeaderMetadata, tusproto.EncodeMetadata(m.metadata())})
	// If an earlier creation may have arrived, this one has no body: the server
	// would respond with the earlier upload, whose offset is unknown here. Nor has that of
	// a known file: the response says whether the server took the bytes that it has.
	m.sent = sentChunk{}
	switch {
	case m.unconfirmed:
	case m.known:
		s.Headers = append(s.Headers, Header{"Content-Type", tusproto.ContentType}) // an empty chunk
	default:
		m.body(s)
	}
}

// body adds the next chunk.
func (m *Machine) body(s *Send) {
	s.Offset = m.accepted
	s.Length = min(m.chunk, m.config.Length-m.accepted)
	s.Checksum = s.Length > 0 && !m.noChecksums
	m.sent = sentChunk{size: s.Length, sentAt: m.now, checksum: s.Checksum}
	if s.Length > 0 {
		s.Headers = append(s.Headers, Header{"Content-Type", tusproto.ContentType})
	}
}

// override sends a PATCH or DELETE as a POST, whose header names the method.
func (m *Machine) override(s *Send) {
	if mayOverride(s.Method) {
		s.Headers = append(s.Headers, Header{tusproto.HeaderMethodOverride, s.Method})
		s.Method = "POST"
	}
}

// mayOverride reports whether the server supports an override for a method.
func mayOverride(method string) bool { return method == "PATCH" || method == "DELETE" }

// metadata adds the generation to the key if the server still has a dead upload
// under the old key, because it would respond with that one again.
func (m *Machine) metadata() []tusproto.Pair {
	if m.keyGeneration == 0 {
		return m.config.Metadata
	}
	pairs := make([]tusproto.Pair, len(m.config.Metadata))
	for i, p := range m.config.Metadata {
		if p.Key == tusproto.KeyKey {
			p.Value += "." + strconv.Itoa(m.keyGeneration)
		}
		pairs[i] = p
	}
	return pairs
}

// resource is the URL of the upload under /v1.
func (m *Machine) resource(suffix string) string {
	return m.config.Uploads + lastSegment(m.url) + suffix
}

// uploadURL uses only the id of a Location. Behind a proxy, the server may put
// another scheme or host into the header, and the token must not be sent there.
func (m *Machine) uploadURL(location string) string {
	id := lastSegment(location)
	if id == "" {
		return ""
	}
	return m.config.Files + id
}

func lastSegment(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

func tusHeaders() []Header {
	return []Header{{tusproto.HeaderResumable, tusproto.Version}}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
