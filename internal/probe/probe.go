// Package probe reads a few ranges of a file and says what it is: its media
// type from its own bytes, and the facts inside that decide whether a phone can
// show it (codecs, pixels, channels, damage).
//
// It leaves to others: whether the file may be sent (preflight), and what its
// name and its sender claim, which it never hears. It decodes no picture and no
// sound. It is built for the server and for the browser's worker.
//
// Every parser is bounded: at most 1 MiB is read in all (two checks that must
// see every byte, a PNG's checksums and a JPEG's lost end, stream further bytes
// through one buffer), counts are bounded by the bytes that hold them, nesting
// by 16, boxes by 10,000. No input makes it panic.
package probe

import "io"

// Read says what the size bytes of r are. An error of r other than the end of
// the file gives the flaw Unreadable: such facts say nothing of the file.
func Read(r io.ReaderAt, size int64) Facts {
	s := newSource(r, size)
	f := Facts{Size: size}
	if size <= 0 {
		f.flaw(Empty)
		return f
	}
	identify(s, &f)
	if s.unreadable {
		return Facts{Size: size, Flaws: []Flaw{Unreadable}}
	}
	if s.exhausted {
		f.flaw(Undetermined)
	}
	return f
}

// identify goes from the surest signatures to the weakest: text has none.
func identify(s *source, f *Facts) {
	head := s.at(0, headBytes)
	script := scriptOf(s, head)
	for _, c := range containers {
		if c.matches(head) && (script == notText || !c.letters) {
			c.read(s, head, f)
			if f.Type != "" {
				return
			}
		}
	}
	if t := signatureOf(head, script); t != "" {
		f.Type = t
		return
	}
	readWeak(s, head, script, f)
}

// headBytes is how much of the start every signature may look at.
const headBytes = 4096

// container is a family of types with a parser of its own. A parser that finds
// the file to be something else leaves the type empty.
type container struct {
	matches func(head []byte) bool
	read    func(s *source, head []byte, f *Facts)
	// letters: a text may begin like it ("OggS is a container").
	letters bool
}

// How the types begin that most people send.
const (
	jpegMagic = "\xFF\xD8\xFF"
	pngMagic  = "\x89PNG\r\n\x1a\n"
	pdfMagic  = "%PDF-"
)

var containers = []container{
	{matches: prefix(jpegMagic), read: readJPEG},
	{matches: prefix(pngMagic), read: readPNG},
	{matches: riff("WEBP"), read: readWebP, letters: true},
	{matches: isISO, read: readISO, letters: true},
	{matches: prefix("OggS"), read: readOgg, letters: true},
	{matches: prefix(amrHeader), read: readAMR},
	{matches: prefix("ID3"), read: readID3, letters: true},
	{matches: prefix("\x1A\x45\xDF\xA3"), read: readMatroska},
	{matches: prefix("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), read: readOLE},
	{matches: isZip, read: readZip},
	{matches: hasPDFHeader, read: readPDF}, // it may be text all through
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

// readWeak tries what has no signature worth the name: raw audio frames, then
// text. Text in UTF-16 begins like a frame, so its code goes first.
func readWeak(s *source, head []byte, script script, f *Facts) {
	if script == notText || script == oldText {
		for _, read := range []func(*source, int64, *Facts) bool{readADTS, readMPEGAudio, readTransportStream, readBehind} {
			if read(s, 0, f) {
				return
			}
		}
	}
	if script != notText {
		readText(s, head, script, f)
	}
}
