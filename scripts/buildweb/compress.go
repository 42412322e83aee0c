package main

import (
	"bytes"
	"compress/gzip"
	"io"

	"github.com/andybalholm/brotli"
)

// brotliForm compresses at level 11, the highest: each file is compressed once and
// downloaded many times.
func brotliForm(content []byte) []byte {
	return compressed(content, func(w io.Writer) io.WriteCloser {
		return brotli.NewWriterLevel(w, brotli.BestCompression)
	})
}

func gzipForm(content []byte) []byte {
	return compressed(content, func(w io.Writer) io.WriteCloser {
		zip, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			panic("buildweb: internal error: " + err.Error())
		}
		return zip
	})
}

// compressed writes to memory, so an error is a bug.
func compressed(content []byte, newWriter func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := newWriter(&out)
	_, err := w.Write(content)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("buildweb: internal error: " + err.Error())
	}
	return out.Bytes()
}
