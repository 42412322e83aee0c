// Package tusproto has what both sides of a tus 1.0.0 upload share: header names, the
// Upload-Metadata codec and Mediarelay's metadata keys.
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

// HeaderMethodOverride names the method that a POST to an upload stands for, PATCH or
// DELETE, where a network blocks these methods.
//
// Source: tus 1.0.0, X-HTTP-Method-Override. The spelling is the canonical one of Go.
const HeaderMethodOverride = "X-Http-Method-Override"

// HeaderChecksumAlgorithm lists the algorithms for Upload-Checksum in a response to
// OPTIONS.
const HeaderChecksumAlgorithm = "Tus-Checksum-Algorithm"

// StatusChecksumMismatch is the tus-specific HTTP status for a chunk whose bytes do
// not match its Upload-Checksum.
const StatusChecksumMismatch = 460

// ContentType is the media type of the body of a PATCH or a creation.
const ContentType = "application/offset+octet-stream"

// The metadata keys of a creation.
const (
	// KeyFilename is the file's name, as the user sees it.
	KeyFilename = "filename"
	// KeyFiletype is the media type that the client declares.
	KeyFiletype = "filetype"
	// KeyPurpose lists values of media.Purpose, separated by commas. The default is
	// message.
	KeyPurpose = "purpose"
	// KeyKind is a media.Kind. By default it is detected from the bytes.
	KeyKind = "kind"
	// KeySHA256 is the digest of the whole file in lower-case hexadecimal.
	KeySHA256 = "sha256"
	// KeyKey is the client's idempotency key: a second creation with the same key in
	// the same channel returns the same upload.
	KeyKey = "key"
)

// MaxMetadataBytes limits the Upload-Metadata header. File names of common file
// systems have at most 255 bytes, which are 340 in base64.
const MaxMetadataBytes = 4096
