// Package media has the types that all of Mediarelay shares: a file's kind, its
// purpose, and what a provider returns for it.
//
// It leaves to others: reading files (probe), deciding whether a file may be sent
// (preflight), and sending it (uploader, provider). It is compiled for the server
// and for the browser's worker, so it must not import large packages.
package media

// MaxUploadBytes is the largest upload that is accepted: 100 MiB, inclusive.
//
// Source: Cloud API media reference, "100 MB" for documents, the largest kind;
// a file of exactly 104,857,600 bytes was delivered and a larger one was not
// (field test of 2026-10-08).
const MaxUploadBytes int64 = 104_857_600

// Object describes a file to a provider.
type Object struct {
	// Filename is the user's name for the file. It may contain any characters; a
	// provider has to escape it.
	Filename string
	// Type is the IANA media type detected from the bytes, without parameters.
	Type string
	// Kind is the Cloud API message type for the file.
	Kind Kind
	// Size is the length in bytes.
	Size int64
	// SHA256 is the lower-case hexadecimal digest of the bytes.
	SHA256 string
}

// MediaID refers to an uploaded file in a message. It is a string of digits that may
// exceed 53 bits, so it is never parsed as a number.
type MediaID string

// SessionID identifies an upload session at a provider. It contains a signature
// ("upload:…?sig=…") and must be used unchanged.
type SessionID string
