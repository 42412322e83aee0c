package probe

import (
	"bytes"
	"strings"

	"mediarelay/internal/media"
)

const (
	maxZipEntries   = 10_000
	maxZipDirectory = 512 << 10
	// maxManifest is far above a real [Content_Types].xml, which has a line a part.
	maxManifest = 256 << 10
)

func isZip(head []byte) bool {
	return hasAt(head, 0, "PK\x03\x04") || hasAt(head, 0, "PK\x05\x06")
}

type zipEntry struct {
	name             string
	method           int
	encrypted        bool
	packed, unpacked int64
	offset           int64
}

// readZip tells by its central directory what an archive is: the order of the
// entries says nothing.
func readZip(s *source, head []byte, f *Facts) {
	f.Type, f.Document = "application/zip", &Document{}
	entries, ok := zipDirectory(s, f)
	if !ok {
		f.flaw(Truncated)
		if bytes.Contains(head, []byte("[Content_Types].xml")) {
			f.Type = "application/vnd.openxmlformats-officedocument"
		}
		return
	}
	for _, e := range entries {
		f.Document.Encrypted = f.Document.Encrypted || e.encrypted
	}
	f.Type = zipType(s, entries)
}

func zipType(s *source, entries []zipEntry) string {
	found := "application/zip"
	for i, e := range entries {
		switch e.name {
		case "[Content_Types].xml":
			if t := officeType(string(e.content(s)), entries); t != "" {
				return t
			}
		case "mimetype":
			// It is the first entry by the formats' own rule. To unpack every entry of
			// that name would let a small archive cost minutes.
			if t := plainType(s, i, e); t != "" {
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

// plainType reads the first entry of ODF and EPUB, which holds a short word.
func plainType(s *source, place int, e zipEntry) string {
	if place > 0 || e.unpacked > longestType {
		return ""
	}
	if t := string(e.content(s)); isPlainType(t) {
		return t
	}
	return ""
}

// longestType bounds a media type in bytes; the longest of ODF has 61.
const longestType = 100

// isPlainType: what ODF and EPUB write into their first entry.
func isPlainType(t string) bool {
	return len(t) < longestType && strings.HasPrefix(t, "application/") && !strings.ContainsAny(t, " \r\n<>\"")
}

// officeType reads the main part's content type (ECMA-376, part 2, section 10.1.2).
func officeType(manifest string, entries []zipEntry) string {
	for _, main := range officeMains {
		if strings.Contains(manifest, "\""+main.content+"\"") || strings.Contains(manifest, "'"+main.content+"'") {
			if hasMacros(entries) && !strings.Contains(media.Lower(main.typ), "macro") {
				return "application/vnd.ms-office.vbaProject"
			}
			return main.typ
		}
	}
	return "application/vnd.openxmlformats-officedocument"
}

func hasMacros(entries []zipEntry) bool {
	for _, e := range entries {
		if strings.HasSuffix("/"+e.name, "/vbaProject.bin") {
			return true
		}
	}
	return false
}

const (
	openXML = "application/vnd.openxmlformats-officedocument."
	msWord  = "application/vnd.ms-word."
	msExcel = "application/vnd.ms-excel."
	msPoint = "application/vnd.ms-powerpoint."
)

var officeMains = []struct{ content, typ string }{
	{openXML + "wordprocessingml.document.main+xml", openXML + "wordprocessingml.document"},
	{openXML + "wordprocessingml.template.main+xml", openXML + "wordprocessingml.template"},
	{msWord + "document.macroEnabled.main+xml", msWord + "document.macroEnabled.12"},
	{msWord + "template.macroEnabledTemplate.main+xml", msWord + "template.macroEnabled.12"},
	{openXML + "spreadsheetml.sheet.main+xml", openXML + "spreadsheetml.sheet"},
	{openXML + "spreadsheetml.template.main+xml", openXML + "spreadsheetml.template"},
	{msExcel + "sheet.macroEnabled.main+xml", msExcel + "sheet.macroEnabled.12"},
	{msExcel + "template.macroEnabled.main+xml", msExcel + "template.macroEnabled.12"},
	{msExcel + "addin.macroEnabled.main+xml", msExcel + "addin.macroEnabled.12"},
	{msExcel + "sheet.binary.macroEnabled.main", msExcel + "sheet.binary.macroEnabled.12"},
	{openXML + "presentationml.presentation.main+xml", openXML + "presentationml.presentation"},
	{openXML + "presentationml.template.main+xml", openXML + "presentationml.template"},
	{openXML + "presentationml.slideshow.main+xml", openXML + "presentationml.slideshow"},
	{msPoint + "presentation.macroEnabled.main+xml", msPoint + "presentation.macroEnabled.12"},
	{msPoint + "template.macroEnabled.main+xml", msPoint + "template.macroEnabled.12"},
	{msPoint + "slideshow.macroEnabled.main+xml", msPoint + "slideshow.macroEnabled.12"},
}
