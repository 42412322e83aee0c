package preflight

import (
	"slices"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// sendType returns the type under which the file would be sent. The bytes decide. The
// extension decides only what bytes cannot: the type of an Office file that is
// encrypted, truncated or not fully read, and the kind of a plain text.
func sendType(q Question, f probe.Facts) string {
	suffix := extension(q.Filename)
	isText := isTextFamily(f.Type) || f.Type == "" && unknownEncoding(f)
	switch {
	case hidesOffice(f):
		return officeType(suffix, f.Type)
	case isText && slices.Contains([]string{"txt", "text", "log", "md"}, suffix):
		return "text/plain"
	case isText && (f.Type == "" || f.Type == "text/plain") && (suffix == "csv" || suffix == "tsv"):
		return "text/csv"
	}
	return f.Type
}

func unknownEncoding(f probe.Facts) bool { return f.Document != nil && f.Document.UnknownEncoding }

// hidesOffice reports whether the file is the container of an Office file whose type
// the bytes do not show.
func hidesOffice(f probe.Facts) bool {
	switch f.Type {
	case "application/x-ole-storage":
		return f.Document.Encrypted || f.Has(probe.Undetermined) || f.Has(probe.Truncated)
	case "application/zip", "application/vnd.openxmlformats-officedocument":
		return f.Has(probe.Undetermined) || f.Has(probe.Truncated)
	}
	return false
}

// officeType returns the extension's type, if such a container can have it.
func officeType(suffix, container string) string {
	for _, f := range extensionFormats(suffix) {
		if strings.HasPrefix(f.typ, openXML) || container == "application/x-ole-storage" && isOldOffice(f.typ) {
			return f.typ
		}
	}
	return container
}

func isOldOffice(typ string) bool {
	return typ == "application/msword" || typ == "application/vnd.ms-excel" || typ == "application/vnd.ms-powerpoint"
}

func isTextFamily(typ string) bool {
	switch typ {
	case "text/plain", "text/csv", "text/html", "application/json", "application/xml":
		return true
	}
	return false
}

// naming compares filename and declared type with the content.
func (c *candidate) naming(found *reasons) {
	suffix, own := extension(c.q.Filename), formatOf(c.typ)
	switch {
	case c.isTextNamedOtherwise(suffix):
		notAsNamed(suffix, found)
	case suffix != "" && len(own.extensions) > 0 && !slices.Contains(own.extensions, suffix):
		found.warn(reason.ExtensionMismatch, facts(
			reason.Text("extension", "."+suffix), reason.Text("name", own.name),
			reason.Text("expected", "."+own.extensions[0])), reason.RenameFile)
	default:
		c.declaredType(found)
	}
}

// notAsNamed refuses text under the extension of another format. With an Office
// extension it is usually an export of tables or pages; with any other, the error page
// of a failed download.
func notAsNamed(suffix string, found *reasons) {
	fixes := []reason.Fix{reason.SaveAgain, reason.ChooseAnotherFile}
	if typ := extensionFormats(suffix)[0].typ; isOldOffice(typ) || strings.HasPrefix(typ, openXML) {
		fixes = []reason.Fix{reason.SaveAsOffice, reason.ConvertToPDF}
	}
	found.refuse(reason.ContentNotAsNamed, facts(reason.Text("extension", "."+suffix)), fixes...)
}

// isTextNamedOtherwise reports whether the file is text and its extension that of
// another known format.
func (c *candidate) isTextNamedOtherwise(suffix string) bool {
	if !isTextFamily(c.typ) {
		return false
	}
	for _, f := range extensionFormats(suffix) {
		if !isTextFamily(f.typ) {
			return true
		}
	}
	return false
}

// declaredType warns if the declared type differs. It ignores unlisted types, as
// systems make them up for files that they do not know.
func (c *candidate) declaredType(found *reasons) {
	declared := bareType(c.q.DeclaredType)
	known := formatOf(declared).name != declared
	if !known || isCompatible(declared, c.typ) || declared == "application/zip" {
		return
	}
	found.warn(reason.DeclaredTypeMismatch, facts(reason.Text("declared", declared), reason.Text("type", c.typ)))
}

// isCompatible reports whether two types differ only in a way that systems confuse.
// They derive the type from the extension, so they declare audio in Ogg, MP4 or 3GP as
// video, and one text type as another.
func isCompatible(declared, typ string) bool {
	_, container, _ := strings.Cut(declared, "/")
	_, own, _ := strings.Cut(typ, "/")
	return container == own || isTextFamily(declared) && isTextFamily(typ)
}

// aliases maps types that browsers and other software send to the name used here.
var aliases = map[string]string{
	"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png", "image/apng": "image/png",
	"video/3gp": "video/3gpp", "video/x-m4v": "video/mp4", "audio/3gpp": "video/3gpp",
	"audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/mpeg3": "audio/mpeg",
	"audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/x-aac": "audio/aac", "audio/aacp": "audio/aac",
	"audio/vnd.dlna.adts": "audio/aac", "audio/opus": "audio/ogg", "application/ogg": "audio/ogg",
	"application/x-pdf": "application/pdf",
}

// bareType removes parameters and resolves aliases.
func bareType(typ string) string {
	bare, _, _ := strings.Cut(typ, ";")
	bare = media.Lower(strings.TrimSpace(bare))
	if to, ok := aliases[bare]; ok {
		return to
	}
	return bare
}
