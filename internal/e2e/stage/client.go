package stage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// WantDone sends files until each is relayed. Bytes that were sent before are not sent
// again.
func (i *Process) WantDone(files []*File) {
	i.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*RecoveryTimeout)
	defer cancel()
	for f, u := range i.SendAll(ctx, files) {
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != Digest(f.Content) {
			i.Errorf("%s ended as %+v", f.Name, u)
		}
	}
}

// SendFirstChunk creates an upload and sends its first chunk.
func (i *Process) SendFirstChunk(f *File) {
	i.Helper()
	i.Must(i.CreateUpload(i.Context(), f))
	_, err := i.Patch(i.Context(), f, 0)
	i.Must(err)
}

// File is a file that a client sends.
type File struct {
	Name    string
	Content []byte
	// Checksums sends Upload-Checksum with each chunk.
	Checksums bool
	// Purposes are comma separated. Empty means message and template.
	Purposes  string
	ID        string
	ChunkSize int
	// BeforeLastChunk is called before each attempt to send the last chunk, if it is set.
	BeforeLastChunk func()
}

// Send sends a file, across restarts of the server, until the server has all of it.
func (i *Process) Send(ctx context.Context, f *File) error {
	for {
		whole, err := i.sendOnce(ctx, f)
		if whole {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s could not be sent: %w, %w", f.Name, ctx.Err(), err)
		case <-time.After(20 * time.Millisecond): // nothing signals that a process is back
		}
	}
}

// sendOnce creates the upload, or finds it by its key, and sends chunks until one fails.
func (i *Process) sendOnce(ctx context.Context, f *File) (whole bool, err error) {
	if err := i.CreateUpload(ctx, f); err != nil {
		return false, err
	}
	offset, err := i.Offset(ctx, f)
	for err == nil && offset < len(f.Content) {
		if f.BeforeLastChunk != nil && offset+f.ChunkSize >= len(f.Content) {
			f.BeforeLastChunk()
		}
		offset, err = i.Patch(ctx, f, offset)
	}
	return err == nil, err
}

// Sends says that a client of the test's own sends this content, so that it may appear at
// the provider.
func (i *Process) Sends(content []byte) { i.sentDigests.Store(Digest(content), "") }

// CreateUpload creates the upload of a file, or finds it by its key.
func (i *Process) CreateUpload(ctx context.Context, f *File) error {
	return i.CreateSized(ctx, f, int64(len(f.Content)), Digest(f.Content))
}

// CreateSized is CreateUpload for a file whose content is not in memory. Size is in bytes.
func (i *Process) CreateSized(ctx context.Context, f *File, size int64, digest string) error {
	encode := base64.StdEncoding.EncodeToString
	purposes := f.Purposes
	if purposes == "" {
		purposes = "message,template"
	}
	i.sentDigests.Store(digest, f.Name)
	answer, err := i.request(ctx, http.MethodPost, i.URL()+"/files/", nil,
		"Upload-Length", strconv.FormatInt(size, 10), "Upload-Metadata", "filename "+encode([]byte(f.Name))+
			",key "+encode([]byte("key of "+f.Name))+",purpose "+encode([]byte(purposes))+",sha256 "+encode([]byte(digest)))
	if err != nil {
		return err
	}
	f.ID = filepath.Base(answer.Header.Get("Location"))
	return CheckStatus(answer, http.StatusCreated)
}

// Offset asks the server how many bytes it has.
func (i *Process) Offset(ctx context.Context, f *File) (int, error) {
	answer, err := i.request(ctx, http.MethodHead, i.URL()+"/files/"+f.ID, nil)
	if err != nil {
		return 0, err
	}
	if err := CheckStatus(answer, http.StatusOK); err != nil {
		return 0, err
	}
	return strconv.Atoi(answer.Header.Get("Upload-Offset"))
}

// Patch sends the chunk that begins at an offset and returns the offset after it.
func (i *Process) Patch(ctx context.Context, f *File, offset int) (int, error) {
	chunk := f.Content[offset:min(len(f.Content), offset+f.ChunkSize)]
	var headers []string
	if f.Checksums {
		headers = Checksum(chunk)
	}
	return offset + len(chunk), i.SendChunk(ctx, f, int64(offset), bytes.NewReader(chunk), headers...)
}

// Checksum is the Upload-Checksum header of a chunk, as name and value.
func Checksum(chunk []byte) (header []string) {
	sum := sha256.Sum256(chunk)
	return []string{"Upload-Checksum", "sha256 " + base64.StdEncoding.EncodeToString(sum[:])}
}

// SendChunk sends bytes that begin at an offset. Headers are pairs of name and value.
func (i *Process) SendChunk(ctx context.Context, f *File, offset int64, chunk io.Reader, headers ...string) error {
	headers = append(headers, "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10))
	answer, err := i.request(ctx, http.MethodPatch, i.URL()+"/files/"+f.ID, chunk, headers...)
	if err != nil {
		return err
	}
	return CheckStatus(answer, http.StatusNoContent)
}

// SendAll sends files concurrently and waits until every upload has ended.
func (i *Process) SendAll(ctx context.Context, files []*File) map[*File]Upload {
	i.Helper()
	var mu sync.Mutex
	var clients sync.WaitGroup
	ends := map[*File]Upload{}
	for _, f := range files {
		clients.Go(func() {
			err := i.Send(ctx, f)
			var u Upload
			if err == nil {
				u, err = i.AwaitUpload(ctx, f.ID)
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

// BeginChunk sends the first bytes of a chunk that announces the whole file, and leaves
// the connection open.
func (i *Process) BeginChunk(f *File, bytes int) net.Conn {
	i.Helper()
	i.Must(i.CreateUpload(i.Context(), f))
	conn, err := new(net.Dialer).DialContext(i.Context(), "tcp", i.Address)
	i.Must(err)
	_, err = fmt.Fprintf(conn, "PATCH /files/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n%s",
		f.ID, i.Token, len(f.Content), f.Content[:bytes])
	i.Must(err)
	return conn
}
