// Package probe reads a few ranges of a file and describes it: the media type that
// its bytes show, and the facts that decide whether a phone can play or display it
// (codecs, dimensions, channels, damage). It is built for the server and for the
// browser's worker.
//
// It leaves the verdict, the filename and the declared type to package preflight.
// It decodes neither images nor audio.
//
// Parsers treat every file as hostile. They read at most 1 MiB; only two checks
// that must see every byte (the checksums of a PNG, a JPEG without its end marker)
// stream up to 6 MiB more through one buffer. Counts are limited by the bytes that
// hold them, nesting by 16 levels, and an ISO base media file by 10,000 boxes. No
// input causes a panic.
//
// Each format has a file of its own, named after it; those of one family share a
// prefix. All write into one Facts: probe.go picks the parser, signature.go lists
// the types that need none, and guess.go names a type before the upload is
// complete. Package input bounds the reads, package inflate decompresses.
package probe

import (
	"io"

	"mediarelay/internal/probe/input"
)

// Read describes the size bytes of r. If r fails other than by io.EOF, the only flaw
// is Unreadable, and the facts say nothing about the file.
func Read(r io.ReaderAt, size int64) Facts {
	file := input.NewFile(r, size)
	f := Facts{Size: size}
	if size <= 0 {
		f.addFlaw(Empty)
		return f
	}
	identify(file, &f)
	if file.Unreadable() {
		return Facts{Size: size, Flaws: []Flaw{Unreadable}}
	}
	if file.Exhausted() {
		f.addFlaw(Undetermined)
	}
	return f
}

// identify tries the most reliable signatures first. Text has none and comes last.
func identify(file *input.File, f *Facts) {
	head := file.At(0, headBytes)
	encoding := encodingOf(file, head)
	for _, c := range containers {
		if c.matches(head) && (encoding == notText || !c.textual) {
			c.read(file, head, f)
			if f.Type != "" {
				return
			}
		}
	}
	if t := signatureOf(head, encoding); t != "" {
		f.Type = t
		return
	}
	readWithoutSignature(file, head, encoding, f)
}

// headBytes is the length of the file's start that signatures are compared with.
const headBytes = 4096

// container is a family of types with a parser of its own. The parser leaves the
// type empty if the file turns out to be something else.
type container struct {
	matches func(head []byte) bool
	read    func(file *input.File, head []byte, f *Facts)
	// textual is set if the signature is printable, so that prose can start with it
	// ("OggS is a container").
	textual bool
}

// Signatures that are used in several places.
const (
	jpegMagic = "\xFF\xD8\xFF"
	pngMagic  = "\x89PNG\r\n\x1a\n"
	pdfMagic  = "%PDF-"
)

var containers = []container{
	{matches: prefix(jpegMagic), read: readJPEG},
	{matches: prefix(pngMagic), read: readPNG},
	{matches: riff("WEBP"), read: readWebP, textual: true},
	{matches: isISO, read: readISO, textual: true},
	{matches: prefix("OggS"), read: readOgg, textual: true},
	{matches: prefix(amrHeader), read: readAMR},
	{matches: prefix("ID3"), read: readID3, textual: true},
	{matches: prefix("\x1A\x45\xDF\xA3"), read: readMatroska},
	{matches: prefix("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), read: readOLE},
	{matches: isZip, read: readZip},
	{matches: hasPDFHeader, read: readPDF}, // not textual: a valid PDF may be pure ASCII
}

func prefix(magic string) func([]byte) bool {
	return func(head []byte) bool { return hasAt(head, 0, magic) }
}

func riff(form string) func([]byte) bool {
	return func(head []byte) bool { return hasAt(head, 0, "RIFF") && hasAt(head, 8, form) }
}

func hasAt(b []byte, offset int, text string) bool {
	return len(b) >= offset+len(text) && string(b[offset:offset+len(text)]) == text
}

// readWithoutSignature tries raw audio frames, then text. It tries no frames on text
// whose encoding is known: a UTF-16 byte order mark looks like a frame header.
func readWithoutSignature(file *input.File, head []byte, encoding encoding, f *Facts) {
	if encoding == notText || encoding == codePageText {
		for _, read := range []func(*input.File, int64, *Facts) bool{readADTS, readMPEGAudio, readTransportStream, readAfterLeadingBytes} {
			if read(file, 0, f) {
				return
			}
		}
	}
	if encoding != notText {
		readText(file, head, encoding, f)
	}
}
