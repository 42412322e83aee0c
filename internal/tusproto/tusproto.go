// Package tusproto holds the words of tus 1.0.0 that both sides of an upload
// speak: header names, the Upload-Metadata codec and Mediarelay's metadata keys.
//
// It leaves to others: sending requests (uploader) and answering them (intake).
//
// Source: the tus resumable upload protocol, version 1.0.0, https://tus.io/protocols/resumable-upload
package tusproto

// Version is the value of the Tus-Resumable header.
const Version = "1.0.0"

// Header names.
const (
	HeaderResumable = "Tus-Resumable"
	HeaderVersion   = "Tus-Version"
	HeaderOffset    = "Upload-Offset"
	HeaderLength    = "Upload-Length"
	HeaderMetadata  = "Upload-Metadata"
	HeaderExpires   = "Upload-Expires"
	HeaderLocation  = "Location"
	HeaderChecksum  = "Upload-Checksum"
)

// HeaderChecksumAlgorithm lists, in answers to OPTIONS, what Upload-Checksum may be made with.
const HeaderChecksumAlgorithm = "Tus-Checksum-Algorithm"

// StatusChecksumMismatch is the HTTP status, of tus alone, of a chunk whose bytes
// are not those that its Upload-Checksum was made of.
const StatusChecksumMismatch = 460

// ContentType is the media type of a PATCH body, and of a creation's body.
const ContentType = "application/offset+octet-stream"

// The metadata keys that an upload's creation may carry.
const (
	// KeyFilename is the file's name, as the person knows it.
	KeyFilename = "filename"
	// KeyFiletype is the media type that the client believes the file has.
	KeyFiletype = "filetype"
	// KeyPurpose lists media.Purpose words, comma separated; message without it.
	KeyPurpose = "purpose"
	// KeyKind is a media.Kind; found from the bytes without it.
	KeyKind = "kind"
	// KeySHA256 is the digest of the whole file in lower-case hexadecimal.
	KeySHA256 = "sha256"
	// KeyKey is the client's own name for the upload: a creation repeated with
	// the same key in the same channel answers the same upload.
	KeyKey = "key"
)

// MaxMetadataBytes bounds the Upload-Metadata header: 4 KB holds the longest
// file name of any file system (255 bytes) in base64 many times over.
const MaxMetadataBytes = 4096
