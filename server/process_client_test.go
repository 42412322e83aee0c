package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A client that never gives up, as the page's is.

// sent is a file on its way.
type sent struct {
	name    string
	content []byte
	// checked says that its chunks carry Upload-Checksum.
	checked bool
	// purposes are message and template where none are given.
	purposes string
	id       string
	chunk    int
	// beforeEnd is called before a last chunk, where it is given.
	beforeEnd func()
}

// pictures makes files that no two are alike, of a size.
func pictures(t *testing.T, count, size int) []*sent {
	t.Helper()
	plain := photo(t)
	files := make([]*sent, count)
	for n := range files {
		name := fmt.Sprintf("picture %d.jpg", n)
		files[n] = &sent{name: name, content: padded(plain, name, size), checked: n%2 == 0, chunk: 128 << 10}
	}
	return files
}

// padded is a JPEG that grew by comments to about a size.
func padded(plain []byte, comment string, size int) []byte {
	content := bytes.Clone(plain[:2])
	for len(content)+len(plain) < size || comment != "" {
		text := append([]byte(comment), make([]byte, min(60_000, max(0, size-len(content)-len(plain))))...)
		content = append(content, 0xff, 0xfe)
		content = binary.BigEndian.AppendUint16(content, uint16(len(text)+2))
		content = append(content, text...)
		comment = ""
	}
	return append(content, plain[2:]...)
}

// send sends a file, through every death of the server, until the server says
// that it has it all.
func (i *installation) send(ctx context.Context, f *sent) error {
	for {
		whole, err := i.sendOn(ctx, f)
		if whole {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s could not be sent: %w, %w", f.name, ctx.Err(), err)
		case <-time.After(20 * time.Millisecond): // a process that is gone sends no event
		}
	}
}

// sendOn creates the upload, or finds it by its key, and sends chunks until
// something breaks.
func (i *installation) sendOn(ctx context.Context, f *sent) (whole bool, err error) {
	if err := i.createUpload(ctx, f); err != nil {
		return false, err
	}
	offset, err := i.offset(ctx, f)
	for err == nil && offset < len(f.content) {
		if f.beforeEnd != nil && offset+f.chunk >= len(f.content) {
			f.beforeEnd()
		}
		offset, err = i.patch(ctx, f, offset)
	}
	return err == nil, err
}

func (i *installation) createUpload(ctx context.Context, f *sent) error {
	return i.createSized(ctx, f, int64(len(f.content)), digestOf(f.content))
}

func (i *installation) createSized(ctx context.Context, f *sent, size int64, digest string) error {
	encode := base64.StdEncoding.EncodeToString
	purposes := f.purposes
	if purposes == "" {
		purposes = "message,template"
	}
	i.clients.Store(digest, f.name)
	answer, err := i.request(ctx, http.MethodPost, i.url()+"/files/", nil,
		"Upload-Length", strconv.FormatInt(size, 10), "Upload-Metadata", "filename "+encode([]byte(f.name))+
			",key "+encode([]byte("key of "+f.name))+",purpose "+encode([]byte(purposes))+",sha256 "+encode([]byte(digest)))
	if err != nil {
		return err
	}
	f.id = filepath.Base(answer.Header.Get("Location"))
	return status(answer, http.StatusCreated)
}

func (i *installation) offset(ctx context.Context, f *sent) (int, error) {
	answer, err := i.request(ctx, http.MethodHead, i.url()+"/files/"+f.id, nil)
	if err != nil {
		return 0, err
	}
	if err := status(answer, http.StatusOK); err != nil {
		return 0, err
	}
	return strconv.Atoi(answer.Header.Get("Upload-Offset"))
}

func (i *installation) patch(ctx context.Context, f *sent, offset int) (int, error) {
	chunk := f.content[offset:min(len(f.content), offset+f.chunk)]
	var headers []string
	if f.checked {
		headers = checksum(chunk)
	}
	return offset + len(chunk), i.sendChunk(ctx, f, int64(offset), bytes.NewReader(chunk), headers...)
}

func checksum(chunk []byte) (header []string) {
	sum := sha256.Sum256(chunk)
	return []string{"Upload-Checksum", "sha256 " + base64.StdEncoding.EncodeToString(sum[:])}
}

func (i *installation) sendChunk(ctx context.Context, f *sent, offset int64, chunk io.Reader, headers ...string) error {
	headers = append(headers, "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10))
	answer, err := i.request(ctx, http.MethodPatch, i.url()+"/files/"+f.id, chunk, headers...)
	if err != nil {
		return err
	}
	return status(answer, http.StatusNoContent)
}

// refusal is an answer that is not the wanted one.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.text) }

// status reads an answer to its end and says whether it is the wanted one.
func status(answer *http.Response, want int) error {
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		err = &refusal{answer.StatusCode, string(text)}
	}
	return err
}

// carry sends files at once and waits until every one has ended.
func (i *installation) carry(ctx context.Context, files []*sent) map[*sent]upload {
	i.Helper()
	var mu sync.Mutex
	var clients sync.WaitGroup
	ends := map[*sent]upload{}
	for _, f := range files {
		clients.Go(func() {
			err := i.send(ctx, f)
			var u upload
			if err == nil {
				u, err = i.awaitUpload(ctx, f.id)
			}
			if err != nil {
				i.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ends[f] = u
		})
	}
	clients.Wait()
	return ends
}
