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
		m.again = false
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
	// A creation that may be there already carries no bytes: the server would
	// answer the first upload, whose offset is not known here.
	m.sent = sentChunk{}
	if !m.unsure {
		m.body(s)
	}
}

// body adds the next chunk.
func (m *Machine) body(s *Send) {
	s.Offset = m.accepted
	s.Length = min(m.chunk, m.config.Length-m.accepted)
	s.Checksum = s.Length > 0 && !m.unsummed
	m.sent = sentChunk{size: s.Length, at: m.now, summed: s.Checksum}
	if s.Length > 0 {
		s.Headers = append(s.Headers, Header{"Content-Type", tusproto.ContentType})
	}
}

// metadata gives a new creation its own key where the server remembers by the
// old one an upload that came to nothing, and would answer it again.
func (m *Machine) metadata() []tusproto.Pair {
	if m.generation == 0 {
		return m.config.Metadata
	}
	pairs := make([]tusproto.Pair, len(m.config.Metadata))
	for i, p := range m.config.Metadata {
		if p.Key == tusproto.KeyKey {
			p.Value += "." + strconv.Itoa(m.generation)
		}
		pairs[i] = p
	}
	return pairs
}

// resource is the upload's own resource under /v1, beside its tus URL.
func (m *Machine) resource(suffix string) string {
	return m.config.Uploads + lastSegment(m.url) + suffix
}

// uploadURL takes the id out of a Location. The rest of the URL is ours: behind
// a proxy a server may believe in another scheme or host, and a token must not
// follow it there.
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
