package uploader_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

// A real tusd server, with faults on real connections. After each fault there is one
// upload with the bytes of the file, and no acknowledged byte was sent again.
func TestUploadsThroughFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		size   int64
		faults []fault
		tokens int
	}{
		{name: "none, one request", size: 1000},
		{name: "none, an empty file", size: 0},
		{name: "none, exactly the first chunk", size: mib},
		{name: "none, many chunks", size: 40 * mib},
		{
			name: "creation cut in the middle", size: 3 * mib,
			faults: []fault{{method: "POST", kind: cut, after: 300_000}},
		},
		{
			name: "response to the creation lost", size: 3 * mib,
			faults: []fault{{method: "POST", kind: lost}},
		},
		{
			name: "response to the only request lost", size: 1000,
			faults: []fault{{method: "POST", kind: lost}},
		},
		{
			name: "chunk cut at its first byte, in the middle, and before its last", size: 6 * mib,
			faults: []fault{
				{method: "PATCH", kind: cut, after: 0},
				{method: "PATCH", kind: cut, after: 500_001},
				{method: "PATCH", kind: cut, after: mib/2 - 1},
			},
		},
		{
			name: "responses to chunks and to the last one lost", size: 3 * mib,
			faults: []fault{{method: "PATCH", kind: lost}, {method: "PATCH", kind: lost}},
		},
		{
			name: "response to HEAD lost", size: 3 * mib,
			faults: []fault{{method: "PATCH", kind: lost}, {method: "HEAD", kind: lost}},
		},
		{
			name: "token rotated before the creation, a chunk and a HEAD", size: 5 * mib, tokens: 3,
			faults: []fault{
				{method: "POST", kind: rotate},
				{method: "PATCH", skip: 1, kind: rotate},
				{method: "PATCH", skip: 1, kind: cut, after: 1000},
				{method: "HEAD", kind: rotate},
			},
		},
		{
			name: "a run of 5xx on chunks and on HEAD", size: 4 * mib,
			faults: []fault{
				{method: "PATCH", skip: 1, kind: answers, status: 503},
				{method: "HEAD", kind: answers, status: 502},
				{method: "HEAD", kind: answers, status: 500},
				{method: "HEAD", kind: answers, status: 504},
				{method: "PATCH", kind: answers, status: 503},
				{method: "PATCH", kind: answers, status: 507},
			},
		},
		{
			name: "5xx on the creation", size: 2 * mib,
			faults: []fault{{method: "POST", kind: answers, status: 503}, {method: "POST", kind: answers, status: 502}},
		},
		{
			name: "locked", size: 3 * mib,
			faults: []fault{{method: "PATCH", kind: answers, status: 423}, {method: "HEAD", kind: answers, status: 423}},
		},
		{
			name: "another client was faster: a real 409", size: 4 * mib,
			faults: []fault{{method: "PATCH", skip: 1, kind: seize}},
		},
		{
			name: "a proxy that limits bodies to 300 KB", size: 2 * mib,
			faults: []fault{{method: "POST", kind: answers, status: 413}, {method: "PATCH", kind: answers, status: 413}},
		},
		{
			name: "bits flipped in the creation, in chunks, and twice in one chunk", size: 4 * mib,
			faults: []fault{
				{method: "POST", kind: flip},
				{method: "PATCH", kind: flip},
				{method: "PATCH", skip: 1, kind: flip},
				{method: "PATCH", kind: flip},
			},
		},
		{
			name: "404 and 410 of a proxy in front of the server", size: 3 * mib,
			faults: []fault{
				{method: "PATCH", kind: answers, status: 404},
				{method: "HEAD", kind: answers, status: 410},
				{method: "HEAD", kind: answers, status: 404},
			},
		},
		{
			name: "403 of a gateway for an expired token", size: 3 * mib, tokens: 1,
			faults: []fault{{method: "PATCH", skip: 1, kind: answers, status: 403}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newTusServer(t, c.faults...)
			content := randomBytes(c.size)
			p := newTransport(t, server, content)
			last := p.drive(uploader.New(server.config(c.size)))
			if _, ok := last.(uploader.Done); !ok {
				t.Fatalf("ended with %#v", last)
			}
			if p.tokens != c.tokens {
				t.Errorf("needed a token %d times, want %d", p.tokens, c.tokens)
			}
			if sums := server.stored(t); len(sums) != 1 || sums[0] != sha256.Sum256(content) {
				t.Errorf("the server has %d uploads, or other bytes", len(sums))
			}
			server.checkNothingTwice(t, c.size)
		})
	}
}

// If a server does not support keys, a repeated creation makes a second upload. The
// bytes of the first creation are lost, but the second upload is complete.
func TestServerWithoutKeys(t *testing.T) {
	server := newTusServer(t, fault{method: "POST", kind: lost})
	content := randomBytes(3 * mib)
	config := server.config(int64(len(content)))
	config.Metadata = nil
	last := newTransport(t, server, content).drive(uploader.New(config))
	if _, ok := last.(uploader.Done); !ok {
		t.Fatalf("ended with %#v", last)
	}
	if !slices.Contains(server.stored(t), sha256.Sum256(content)) {
		t.Error("no upload on the server has the file's bytes")
	}
}

// A second machine that has only the file and its key resumes the upload of the
// first: no byte is sent twice, and there is one upload.
func TestAnotherMachineResumesByKey(t *testing.T) {
	server := newTusServer(t, fault{method: "PATCH", kind: cut, after: 300_000})
	content := randomBytes(3 * mib)
	first := newTransport(t, server, content)
	m := uploader.New(server.config(int64(len(content))))
	creation := m.Handle(first.now, uploader.Start{})
	chunk := m.Handle(first.now, first.do(creation))
	first.do(chunk) // then the first machine is gone

	second := newTransport(t, server, content)
	if last, ok := second.drive(uploader.New(server.config(int64(len(content))))).(uploader.Done); !ok {
		t.Fatalf("ended with %#v", last)
	}
	if sums := server.stored(t); len(sums) != 1 || sums[0] != sha256.Sum256(content) {
		t.Errorf("the server has %d uploads, or other bytes", len(sums))
	}
	server.checkNothingTwice(t, int64(len(content)))
}

// If the server has deleted the upload, the machine creates it again.
func TestExpiredUploadIsRecreated(t *testing.T) {
	server := newTusServer(t)
	content := randomBytes(2 * mib)
	config := server.config(int64(len(content)))
	config.URL = server.URL + "/files/0123456789abcdef0123456789abcdef"
	m := uploader.New(config)
	if last, ok := newTransport(t, server, content).drive(m).(uploader.Done); !ok {
		t.Fatalf("ended with %#v", last)
	}
	if sums := server.stored(t); len(sums) != 1 || sums[0] != sha256.Sum256(content) {
		t.Errorf("the server has %d uploads, or other bytes", len(sums))
	}
}

// Cancel deletes the upload on the server.
func TestCancelRemovesTheUpload(t *testing.T) {
	server := newTusServer(t, fault{method: "DELETE", kind: answers, status: 423}, fault{method: "DELETE", kind: lost})
	content := randomBytes(3 * mib)
	p := newTransport(t, server, content)
	m := uploader.New(server.config(int64(len(content))))
	creation := m.Handle(p.now, uploader.Start{})
	m.Handle(p.now, p.do(creation))
	action := m.Handle(p.now, uploader.Cancel{})
	for !uploader.Ended(action) {
		action = m.Handle(p.now, p.do(action))
	}
	if _, ok := action.(uploader.Cancelled); !ok {
		t.Fatalf("ended with %#v", action)
	}
	if sums := server.stored(t); len(sums) != 0 {
		t.Errorf("the server still has %d uploads", len(sums))
	}
}

func (s *tusServer) config(length int64) uploader.Config {
	return uploader.Config{
		Files: s.URL + "/files/", Uploads: s.URL + "/v1/uploads/", Assets: s.URL + "/v1/assets",
		Length: length, Random: rand.Float64,
		Metadata: []tusproto.Pair{{Key: tusproto.KeyFilename, Value: "ümläut, 1.jpg"}, {Key: tusproto.KeyKey, Value: "one"}},
	}
}

// checkNothingTwice checks the server's log of requests: no chunk starts below the
// offset acknowledged before it, and the server read as many bytes as the file has.
func (s *tusServer) checkNothingTwice(t *testing.T, size int64) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var held, taken int64
	for _, r := range s.seen {
		if r.method != http.MethodPost && r.method != http.MethodPatch || r.taken == 0 {
			continue
		}
		if r.from < held {
			t.Errorf("%s at %d, but the server had %d", r.method, r.from, held)
		}
		held = r.from + r.taken
		taken += r.taken
	}
	if taken != size {
		t.Errorf("the server read %d bytes for a file of %d", taken, size)
	}
}

func randomBytes(n int64) []byte {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	return content
}
