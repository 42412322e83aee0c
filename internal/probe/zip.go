package probe

import (
	"bytes"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/probe/input"
)

const (
	// maxZipDirectory has room for 7000 entries with names like those of Office.
	maxZipDirectory = 640 << 10
	// maxManifest is far above a real [Content_Types].xml, with one line per part.
	maxManifest = 256 << 10
)

func isZip(head []byte) bool {
	return hasAt(head, 0, "PK\x03\x04") || hasAt(head, 0, "PK\x05\x06")
}

type zipEntry struct {
	name                     string
	method                   int
	encrypted                bool
	compressed, uncompressed int64
	offset                   int64
}

// readZip identifies an archive by its central directory, as the order of the entries
// tells nothing.
func readZip(file *input.File, head []byte, f *Facts) {
	f.Type, f.Document = "application/zip", &Document{}
	entries, ok := zipDirectory(file, f)
	if !ok {
		f.addFlaw(Truncated)
		if bytes.Contains(head, []byte("[Content_Types].xml")) {
			f.Type = officeUnknown
		}
		return
	}
	for _, e := range entries {
		f.Document.Encrypted = f.Document.Encrypted || e.encrypted
	}
	f.Type = zipType(file, entries, f)
}

func zipType(file *input.File, entries []zipEntry, f *Facts) string {
	found := "application/zip"
	for i, e := range entries {
		switch e.name {
		case "[Content_Types].xml":
			manifest := e.content(file)
			t := officeType(normalizedManifest(manifest), entries)
			if t == officeUnknown && (len(manifest) == 0 || len(manifest) >= maxManifest) {
				f.addFlaw(Undetermined)
			}
			return t
		case "mimetype":
			// ODF and EPUB require it to be the first entry. Decompressing every entry
			// of that name would let a small archive cost minutes.
			if t := mimetypeEntry(file, i, e); t != "" {
				return t
			}
		case "AndroidManifest.xml":
			return "application/vnd.android.package-archive"
		case "META-INF/MANIFEST.MF":
			found = "application/java-archive"
		}
	}
	return found
}

// mimetypeEntry reads the media type that ODF and EPUB store in their first entry.
func mimetypeEntry(file *input.File, index int, e zipEntry) string {
	if index > 0 || e.uncompressed > longestType {
		return ""
	}
	if t := string(e.content(file)); isContainerType(t) {
		return t
	}
	return ""
}

// longestType bounds a media type in bytes; the longest ODF type has 61.
const longestType = 100

// isContainerType reports whether t looks like a media type of ODF or EPUB.
func isContainerType(t string) bool {
	return len(t) < longestType && strings.HasPrefix(t, "application/") && !strings.ContainsAny(t, " \r\n<>\"")
}

// normalizedManifest prepares a manifest for comparison: lower case, as media types
// are case-insensitive, without comments, and UTF-16 reduced to ASCII.
func normalizedManifest(b []byte) string {
	if wide, _ := utf16Order(b); wide {
		b = asciiOf(b)
	}
	text := []byte(media.Lower(string(b)))
	kept := text[:0]
	for {
		start := bytes.Index(text, []byte("<!--"))
		if start < 0 {
			return string(append(kept, text...))
		}
		kept, text = append(kept, text[:start]...), text[start+len("<!--"):]
		end := bytes.Index(text, []byte("-->"))
		if end < 0 {
			return string(kept)
		}
		text = text[end+len("-->"):]
	}
}

// officeType identifies the main part by its content type (ECMA-376, part 2, section
// 10.1.2). Macro-enabled types come first in the list: a manifest that names both
// kinds is macro-enabled.
func officeType(manifest string, entries []zipEntry) string {
	for _, main := range mainPartTypes {
		if !namesType(manifest, main.content) {
			continue
		}
		if !strings.Contains(main.typ, "macro") && (namesType(manifest, vbaProject) || hasMacros(entries)) {
			return vbaProject
		}
		return main.typ
	}
	return officeUnknown
}

// namesType reports whether a manifest contains a type in single or double quotes.
func namesType(manifest, typ string) bool {
	typ = media.Lower(typ)
	return strings.Contains(manifest, "\""+typ+"\"") || strings.Contains(manifest, "'"+typ+"'")
}

func hasMacros(entries []zipEntry) bool {
	for _, e := range entries {
		if strings.HasSuffix("/"+media.Lower(e.name), "/vbaproject.bin") {
			return true
		}
	}
	return false
}

const (
	officeUnknown = "application/vnd.openxmlformats-officedocument"
	vbaProject    = "application/vnd.ms-office.vbaProject"

	openXML = "application/vnd.openxmlformats-officedocument."
	msWord  = "application/vnd.ms-word."
	msExcel = "application/vnd.ms-excel."
	msPoint = "application/vnd.ms-powerpoint."
)

var mainPartTypes = []struct{ content, typ string }{
	{msWord + "document.macroEnabled.main+xml", msWord + "document.macroEnabled.12"},
	{msWord + "template.macroEnabledTemplate.main+xml", msWord + "template.macroEnabled.12"},
	{msExcel + "sheet.macroEnabled.main+xml", msExcel + "sheet.macroEnabled.12"},
	{msExcel + "template.macroEnabled.main+xml", msExcel + "template.macroEnabled.12"},
	{msExcel + "addin.macroEnabled.main+xml", msExcel + "addin.macroEnabled.12"},
	{msExcel + "sheet.binary.macroEnabled.main", msExcel + "sheet.binary.macroEnabled.12"},
	{msPoint + "presentation.macroEnabled.main+xml", msPoint + "presentation.macroEnabled.12"},
	{msPoint + "template.macroEnabled.main+xml", msPoint + "template.macroEnabled.12"},
	{msPoint + "slideshow.macroEnabled.main+xml", msPoint + "slideshow.macroEnabled.12"},
	{openXML + "wordprocessingml.document.main+xml", openXML + "wordprocessingml.document"},
	{openXML + "wordprocessingml.template.main+xml", openXML + "wordprocessingml.template"},
	{openXML + "spreadsheetml.sheet.main+xml", openXML + "spreadsheetml.sheet"},
	{openXML + "spreadsheetml.template.main+xml", openXML + "spreadsheetml.template"},
	{openXML + "presentationml.presentation.main+xml", openXML + "presentationml.presentation"},
	{openXML + "presentationml.template.main+xml", openXML + "presentationml.template"},
	{openXML + "presentationml.slideshow.main+xml", openXML + "presentationml.slideshow"},
}
