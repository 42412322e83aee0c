package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"time"
)

// maxKeySetBytes is the maximum size of a key set. Those of large issuers have less than
// 20 KiB.
const maxKeySetBytes = 256 << 10

// fetchTimeout is how long a key set's URL may take, since requests wait for it.
const fetchTimeout = 5 * time.Second

// maxRedirects is how often a key set's URL may redirect.
const maxRedirects = 3

// keySource reads the text of a key set. Its errors contain neither path nor URL.
type keySource func(ctx context.Context) ([]byte, error)

func fromFile(path string) keySource {
	return func(context.Context) ([]byte, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, withoutPath(err)
		}
		text, err := readKeySet(file)
		return text, errors.Join(err, file.Close())
	}
}

func fromURL(address string) keySource {
	client := &http.Client{Timeout: fetchTimeout, CheckRedirect: onSameHost}
	return func(ctx context.Context) ([]byte, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, withoutPath(err)
		}
		request.Header.Set("Accept", "application/jwk-set+json, application/json")
		answer, err := client.Do(request)
		if err != nil {
			return nil, withoutPath(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the URL answered %s", answer.Status)
		}
		return readKeySet(answer.Body)
	}
}

// onSameHost follows redirects within the host that the operator named: another one must
// not decide who may sign tokens.
func onSameHost(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	switch {
	case len(before) > maxRedirects:
		return errors.New("too many redirects")
	case next.URL.Scheme != first.Scheme || next.URL.Host != first.Host:
		return errors.New("it redirects to another host, which is not followed")
	}
	return nil
}

func readKeySet(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxKeySetBytes+1))
	if err == nil && len(text) > maxKeySetBytes {
		err = fmt.Errorf("it is larger than %d bytes", maxKeySetBytes)
	}
	return text, err
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var address *url.Error
	if errors.As(err, &address) {
		return address.Err
	}
	return err
}
