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

// wantEnd carries files to their end; what was sent of them before stays.
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

// begin creates an upload and sends its first chunk.
func (i *Process) SendFirstChunk(f *File) {
	i.Helper()
	i.Must(i.CreateUpload(i.Context(), f))
	_, err := i.Patch(i.Context(), f, 0)
	i.Must(err)
}

// A client that never gives up, as the page's is.

// sent is a file on its way.
type File struct {
	Name    string
	Content []byte
	// checked says that its chunks carry Upload-Checksum.
	Checksums bool
	// purposes are message and template where none are given.
	Purposes  string
	ID        string
	ChunkSize int
	// beforeEnd is called before a last chunk, where it is given.
	BeforeLastChunk func()
}

// send sends a file, through every death of the server, until the server says
// that it has it all.
func (i *Process) Send(ctx context.Context, f *File) error {
	for {
		whole, err := i.sendOnce(ctx, f)
		if whole {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s could not be sent: %w, %w", f.Name, ctx.Err(), err)
		case <-time.After(20 * time.Millisecond): // a process that is gone sends no event
		}
	}
}

// sendOn creates the upload, or finds it by its key, and sends chunks until
// something breaks.
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

func (i *Process) CreateUpload(ctx context.Context, f *File) error {
	return i.CreateSized(ctx, f, int64(len(f.Content)), Digest(f.Content))
}

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

func (i *Process) Patch(ctx context.Context, f *File, offset int) (int, error) {
	chunk := f.Content[offset:min(len(f.Content), offset+f.ChunkSize)]
	var headers []string
	if f.Checksums {
		headers = Checksum(chunk)
	}
	return offset + len(chunk), i.SendChunk(ctx, f, int64(offset), bytes.NewReader(chunk), headers...)
}

func Checksum(chunk []byte) (header []string) {
	sum := sha256.Sum256(chunk)
	return []string{"Upload-Checksum", "sha256 " + base64.StdEncoding.EncodeToString(sum[:])}
}

func (i *Process) SendChunk(ctx context.Context, f *File, offset int64, chunk io.Reader, headers ...string) error {
	headers = append(headers, "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10))
	answer, err := i.request(ctx, http.MethodPatch, i.URL()+"/files/"+f.ID, chunk, headers...)
	if err != nil {
		return err
	}
	return CheckStatus(answer, http.StatusNoContent)
}

// carry sends files at once and waits until every one has ended.
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

// beginChunk sends the beginning of a chunk of the whole file.
func (i *Process) BeginChunk(f *File, bytes int) net.Conn {
	i.Helper()
	i.Must(i.CreateUpload(i.Context(), f))
	conn, err := net.Dial("tcp", i.Address)
	i.Must(err)
	_, err = fmt.Fprintf(conn, "PATCH /files/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n%s",
		f.ID, i.Token, len(f.Content), f.Content[:bytes])
	i.Must(err)
	return conn
}
