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

// Every fault here happens to a real tusd over a real connection. Whatever it
// is, one upload comes of it, its bytes are the file's, and nothing that the
// server had acknowledged is sent again.
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
			name: "answer to the creation lost", size: 3 * mib,
			faults: []fault{{method: "POST", kind: lost}},
		},
		{
			name: "answer to the only request lost", size: 1000,
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
			name: "answers to chunks and to the last one lost", size: 3 * mib,
			faults: []fault{{method: "PATCH", kind: lost}, {method: "PATCH", kind: lost}},
		},
		{
			name: "answer to HEAD lost", size: 3 * mib,
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
			name: "another client was quicker: a real 409", size: 4 * mib,
			faults: []fault{{method: "PATCH", skip: 1, kind: seize}},
		},
		{
			name: "a proxy that takes no body above 300 KB", size: 2 * mib,
			faults: []fault{{method: "POST", kind: answers, status: 413}, {method: "PATCH", kind: answers, status: 413}},
		},
		{
			name: "bits flipped in the creation, in chunks, and twice in the same one", size: 4 * mib,
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
			name: "403 of a gateway for a token that has ended", size: 3 * mib, tokens: 1,
			faults: []fault{{method: "PATCH", skip: 1, kind: answers, status: 403}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newTusServer(t, c.faults...)
			content := randomBytes(c.size)
			p := newTransport(t, server, content)
			last := uploader.Drive(uploader.New(server.config(c.size)), p)
			if _, ok := last.(uploader.Done); !ok {
				t.Fatalf("ended with %#v", last)
			}
			if p.tokens != c.tokens {
				t.Errorf("asked for a token %d times, want %d", p.tokens, c.tokens)
			}
			if sums := server.stored(t); len(sums) != 1 || sums[0] != sha256.Sum256(content) {
				t.Errorf("the server holds %d uploads, or other bytes", len(sums))
			}
			server.checkNothingTwice(t, c.size)
		})
	}
}

// A creation whose answer was lost is the same upload also where a server knows
// nothing of keys; then the bytes of the first creation are lost, and no more.
func TestUnkeyedServerGetsTheFileWhole(t *testing.T) {
	server := newTusServer(t, fault{method: "POST", kind: lost})
	content := randomBytes(3 * mib)
	config := server.config(int64(len(content)))
	config.Metadata = nil
	last := uploader.Drive(uploader.New(config), newTransport(t, server, content))
	if _, ok := last.(uploader.Done); !ok {
		t.Fatalf("ended with %#v", last)
	}
	if !slices.Contains(server.stored(t), sha256.Sum256(content)) {
		t.Error("no upload on the server has the file's bytes")
	}
}

// Who holds the same file and nothing else goes on with the upload that another
// machine has left in its middle: nothing is sent twice, and there is one upload.
func TestAnotherMachineGoesOnByTheKey(t *testing.T) {
	server := newTusServer(t, fault{method: "PATCH", kind: cut, after: 300_000})
	content := randomBytes(3 * mib)
	first := newTransport(t, server, content)
	m := uploader.New(server.config(int64(len(content))))
	creation := m.Handle(first.Now(), uploader.Start{})
	chunk := m.Handle(first.Now(), first.Do(creation))
	first.Do(chunk) // and this one is closed

	second := newTransport(t, server, content)
	if last, ok := uploader.Drive(uploader.New(server.config(int64(len(content)))), second).(uploader.Done); !ok {
		t.Fatalf("ended with %#v", last)
	}
	if sums := server.stored(t); len(sums) != 1 || sums[0] != sha256.Sum256(content) {
		t.Errorf("the server holds %d uploads, or other bytes", len(sums))
	}
	server.checkNothingTwice(t, int64(len(content)))
}

// An upload that the server has swept begins again, and says so by its creation.
func TestSweptUploadBeginsAgain(t *testing.T) {
	server := newTusServer(t)
	content := randomBytes(2 * mib)
	config := server.config(int64(len(content)))
	config.URL = server.URL + "/files/0123456789abcdef0123456789abcdef"
	m := uploader.New(config)
	if last, ok := uploader.Drive(m, newTransport(t, server, content)).(uploader.Done); !ok {
		t.Fatalf("ended with %#v", last)
	}
	if sums := server.stored(t); len(sums) != 1 || sums[0] != sha256.Sum256(content) {
		t.Errorf("the server holds %d uploads, or other bytes", len(sums))
	}
}

// Cancel leaves nothing on the server.
func TestCancelRemovesTheUpload(t *testing.T) {
	server := newTusServer(t, fault{method: "DELETE", kind: answers, status: 423}, fault{method: "DELETE", kind: lost})
	content := randomBytes(3 * mib)
	p := newTransport(t, server, content)
	m := uploader.New(server.config(int64(len(content))))
	creation := m.Handle(p.Now(), uploader.Start{})
	m.Handle(p.Now(), p.Do(creation))
	action := m.Handle(p.Now(), uploader.Cancel{})
	for !uploader.Ended(action) {
		action = m.Handle(p.Now(), p.Do(action))
	}
	if _, ok := action.(uploader.Cancelled); !ok {
		t.Fatalf("ended with %#v", action)
	}
	if sums := server.stored(t); len(sums) != 0 {
		t.Errorf("the server still holds %d uploads", len(sums))
	}
}

func (s *tusServer) config(length int64) uploader.Config {
	return uploader.Config{
		Files: s.URL + "/files/", Uploads: s.URL + "/v1/uploads/", Assets: s.URL + "/v1/assets",
		Length: length, Random: rand.Float64,
		Metadata: []tusproto.Pair{{Key: tusproto.KeyFilename, Value: "ümläut, 1.jpg"}, {Key: tusproto.KeyKey, Value: "one"}},
	}
}

// checkNothingTwice holds against the server's own book: no chunk was begun
// below what had been acknowledged before it, and the bytes that it took are
// the file's, once.
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
			t.Errorf("%s at %d, when the server held %d", r.method, r.from, held)
		}
		held = r.from + r.taken
		taken += r.taken
	}
	if taken != size {
		t.Errorf("the server took %d bytes for a file of %d", taken, size)
	}
}

func randomBytes(n int64) []byte {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	return content
}
