package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// requestTimeout bounds every request.
const requestTimeout = 2 * time.Minute

// client is one connection. It writes requests itself, because the client shares the
// machine with the server that is measured, and net/http would copy each body.
type client struct {
	conn   net.Conn
	reader *bufio.Reader
	server *process
}

func (p *process) connect() (*client, error) {
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", p.address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, reader: bufio.NewReader(conn), server: p}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// request is a request with a body of length bytes, of which only body is sent.
type request struct {
	method, path string
	headers      map[string]string
	length       int
	body         []byte
}

func (c *client) send(r request) error {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\nContent-Length: %d\r\n",
		r.method, r.path, c.server.address, c.server.token, r.length)
	for name, value := range r.headers {
		fmt.Fprintf(&head, "%s: %s\r\n", name, value)
	}
	head.WriteString("\r\n")
	buffers := net.Buffers{[]byte(head.String()), r.body}
	_, err := buffers.WriteTo(c.conn)
	return err
}

// do returns the header of a successful answer.
func (c *client) do(r request) (http.Header, error) {
	if err := c.conn.SetDeadline(time.Now().Add(requestTimeout)); err != nil {
		return nil, err
	}
	if err := c.send(r); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.reader, &http.Request{Method: r.method})
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close() // answers to uploads have no content, or an error's
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s: %s %s: %s", c.server.name, r.method, r.path, response.Status)
	}
	return response.Header, nil
}

// upload sends a file as its server takes it: with tus a creation and a PATCH, or a
// creation with the bytes if it is small.
func (c *client) upload(name string, content []byte) error {
	switch {
	case c.server.plain:
		_, err := c.do(request{method: "PUT", path: "/" + name, length: len(content), body: content})
		return err
	case len(content) < 1<<20:
		_, err := c.create(name, len(content), content)
		return err
	}
	path, err := c.create(name, len(content), nil)
	if err != nil {
		return err
	}
	_, err = c.do(patch(path, 0, len(content), content))
	for attempt := 0; err != nil && attempt < maxAttempts; attempt++ {
		c.server.refused.Add(1)
		err = c.resume(path, content)
	}
	return err
}

// maxAttempts bounds the attempts to resume a file whose server is overloaded.
const maxAttempts = 20

// resume sends the rest of a file on a new connection, as a tus client does after an error.
func (c *client) resume(path string, content []byte) error {
	c.close()
	time.Sleep(500 * time.Millisecond)
	fresh, err := c.server.connect()
	if err != nil {
		return err
	}
	*c = *fresh
	header, err := c.do(request{method: "HEAD", path: path})
	if err != nil {
		return err
	}
	offset, err := strconv.Atoi(header.Get("Upload-Offset"))
	if err != nil || offset == len(content) {
		return err
	}
	_, err = c.do(patch(path, offset, len(content)-offset, content[offset:]))
	return err
}

func (c *client) create(name string, length int, first []byte) (path string, err error) {
	r := request{method: "POST", path: "/files/", length: len(first), body: first, headers: map[string]string{
		"Upload-Length":   strconv.Itoa(length),
		"Upload-Metadata": "filename " + encode(name) + ",filetype " + encode("text/plain"),
	}}
	if len(first) > 0 {
		r.headers["Content-Type"] = "application/offset+octet-stream"
	}
	header, err := c.do(r)
	if err != nil {
		return "", err
	}
	location, err := url.Parse(header.Get("Location"))
	if err != nil || location.Path == "" {
		return "", errors.Join(errors.New("a creation without Location"), err)
	}
	return location.Path, nil
}

// patch is a chunk of length bytes, of which only body is sent.
func patch(path string, offset, length int, body []byte) request {
	return request{method: "PATCH", path: path, length: length, body: body, headers: map[string]string{
		"Upload-Offset": strconv.Itoa(offset), "Content-Type": "application/offset+octet-stream",
	}}
}
