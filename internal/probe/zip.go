package probe

import (
	"bytes"
	"strings"

	"mediarelay/internal/media"
)

const (
	// maxZipDirectory is room for 7000 parts named as Office does.
	maxZipDirectory = 640 << 10
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
			f.Type = officeUnnamed
		}
		return
	}
	for _, e := range entries {
		f.Document.Encrypted = f.Document.Encrypted || e.encrypted
	}
	f.Type = zipType(s, entries, f)
}

func zipType(s *source, entries []zipEntry, f *Facts) string {
	found := "application/zip"
	for i, e := range entries {
		switch e.name {
		case "[Content_Types].xml":
			manifest := e.content(s)
			t := officeType(manifestText(manifest), entries)
			if t == officeUnnamed && (len(manifest) == 0 || len(manifest) >= maxManifest) {
				f.flaw(Undetermined)
			}
			return t
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

// manifestText is a manifest as one compares it: media types know no case, a
// comment is no word of it, and UTF-16 is as good as UTF-8.
func manifestText(b []byte) string {
	if wide, _ := wideOrder(b); wide {
		b = narrow(b)
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

// officeType reads the main part's content type (ECMA-376, part 2, section
// 10.1.2). Types with macros stand first in the list: who names both has macros.
func officeType(manifest string, entries []zipEntry) string {
	for _, main := range officeMains {
		if !names(manifest, main.content) {
			continue
		}
		if !strings.Contains(main.typ, "macro") && (names(manifest, macroProject) || hasMacros(entries)) {
			return macroProject
		}
		return main.typ
	}
	return officeUnnamed
}

// names says whether a type stands in quotes of either kind.
func names(manifest, typ string) bool {
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
	officeUnnamed = "application/vnd.openxmlformats-officedocument"
	macroProject  = "application/vnd.ms-office.vbaProject"

	openXML = "application/vnd.openxmlformats-officedocument."
	msWord  = "application/vnd.ms-word."
	msExcel = "application/vnd.ms-excel."
	msPoint = "application/vnd.ms-powerpoint."
)

var officeMains = []struct{ content, typ string }{
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
