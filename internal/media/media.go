// Package media holds the nouns that travel through Mediarelay: what kind of
// media a file is, what it is for, and what a provider gives back for it.
//
// It leaves to others: how a file's bytes are read (probe), whether a file may
// be sent (preflight), and how it is sent (uploader, provider). It is built for
// the server and for the browser's worker, so it imports nothing heavy.
package media

// MaxUploadBytes is the largest upload that is taken at all: 100 MiB, inclusive.
//
// Source: Cloud API media reference, "100 MB" for documents, the largest kind;
// a file of exactly 104,857,600 bytes was delivered and a larger one was not
// (field test of 2026-10-08).
const MaxUploadBytes int64 = 104_857_600

// Object describes one file to a provider: what to call it and what to say it is.
type Object struct {
	// Filename is the name that the person gave the file. It may hold any
	// characters; a provider makes it safe for the wire.
	Filename string
	// Type is the IANA media type found from the bytes, without parameters.
	Type string
	// Kind is the Cloud API message type that the file is for.
	Kind Kind
	// Size is the length in bytes.
	Size int64
	// SHA256 is the lower-case hexadecimal digest of the bytes.
	SHA256 string
}

// MediaID is what a message needs to carry an uploaded file. It is a string of
// digits that may exceed 53 bits, so it is never read as a number.
type MediaID string

// SessionID names an upload session at a provider. It holds a signature
// ("upload:…?sig=…") and is used byte for byte as it came.
type SessionID string
