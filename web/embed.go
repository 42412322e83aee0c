// Package web carries the built web files: the upload page, the
// <media-upload> element, its worker and the worker's Go module.
//
// It leaves to others how they are made (scripts/buildweb, by make build) and
// how they are served (internal/httpapi).
package web

import (
	"embed"
	"errors"
	"io/fs"
)

// ErrNotBuilt is Built's answer for a binary that was compiled by go build
// alone, before the web files were made.
var ErrNotBuilt = errors.New("web: this binary carries no web files: run make build")

// docs/embedding-reference.md is generated from the tags in src/element.
//
//go:generate sh -c "cd .. && bin/buildweb reference"

// The prefix all: keeps the pattern valid in a fresh checkout, where the folder
// holds its placeholder alone.
//
//go:embed all:dist
var files embed.FS

// Files returns the built files:
//
//	index.html                    an html/template, without compressed forms
//	engine.html                   an html/template: the frame that holds the worker for pages of other origins
//	widget/media-upload.js        the element
//	widget/engine-protocol.js     tells pages that this is a media server, and its version of the worker's messages
//	widget/create-engine-HASH.js  the element's part of the engine, loaded when it is first used
//	widget/engine-frame-HASH.js   the script of engine.html
//	widget/chunk-HASH.js          what the element and its list share
//	widget/list-module-HASH.js    the list of files, loaded before the first one
//	widget/worker-HASH.js         its worker, which checks
//	widget/upload-worker-HASH.js  the part of the worker that sends, loaded after its module
//	widget/mediarelay-HASH.wasm   the worker's Go module
//	assets/page-HASH.js           the page's script
//	assets/page-HASH.css          the page's styles
//
// HASH is a hash of the content, so these files can be cached without expiry. Each
// file except the templates also exists in brotli (.br) and gzip (.gz).
func Files() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic("web: internal error: " + err.Error())
	}
	return dist
}

// Built returns nil when Files holds the page, and else ErrNotBuilt.
func Built() error {
	if _, err := fs.Stat(Files(), "index.html"); err != nil {
		return ErrNotBuilt
	}
	return nil
}
