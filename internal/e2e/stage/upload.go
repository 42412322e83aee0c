package stage

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Upload is an upload as the API shows it.
type Upload struct {
	State  string
	Offset int64
	Asset  *struct {
		ID      string
		MediaID string `json:"media_id"`
		Handle  string
		SHA256  string
	}
	Problem *struct{ Code string }
}

// AwaitUpload waits until an upload has ended, across restarts of the server.
func (i *Process) AwaitUpload(ctx context.Context, id string) (u Upload, err error) {
	for err = errors.New("no request was sent"); err != nil; {
		select {
		case <-ctx.Done():
			return u, fmt.Errorf("upload %s is %s: %w, %w", id, u.State, ctx.Err(), err)
		case <-time.After(20 * time.Millisecond): // nothing signals that a process is back
		}
		u, err = i.followEvents(ctx, id)
	}
	return u, nil
}

// Retry asks for another attempt to relay an upload that has failed.
func (i *Process) Retry(ctx context.Context, f *File) error {
	answer, err := i.request(ctx, http.MethodPost, i.URL()+"/v1/uploads/"+f.ID+"/retry", nil)
	if err != nil {
		return err
	}
	return CheckStatus(answer, http.StatusAccepted)
}

// followEvents reads the upload's events to their end, as the page does.
func (i *Process) followEvents(ctx context.Context, id string) (u Upload, err error) {
	answer, err := i.request(ctx, http.MethodGet, i.URL()+"/v1/uploads/"+id+"/events", nil)
	if err != nil {
		return u, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(data), &u); err != nil {
			return u, err
		}
		if u.State == "done" || u.State == "refused" || u.State == "failed" {
			return u, nil
		}
	}
	return u, fmt.Errorf("the events ended with %q: %w", u.State, errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}
